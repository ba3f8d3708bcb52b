// What is ordered, and what has happened: the same in each state of the application.

export class AddStock {
  constructor(
    readonly item: string,
    readonly pieces: number,
  ) {}
}

export class ReserveStock {
  constructor(
    readonly item: string,
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

export class PlaceOrder {
  constructor(
    readonly orderId: string,
    readonly item: string,
    readonly pieces: number,
  ) {}
}

export class ConfirmOrder {
  constructor(readonly orderId: string) {}
}

export class CancelOrder {
  constructor(
    readonly orderId: string,
    readonly reason: string,
  ) {}
}

export class StockAdded {
  constructor(readonly pieces: number) {}
}

export class StockReserved {
  constructor(
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

export class StockShort {
  constructor(
    readonly orderId: string,
    readonly item: string,
  ) {}
}

export class OrderPlaced {
  constructor(
    readonly orderId: string,
    readonly item: string,
    readonly pieces: number,
  ) {}
}

export class OrderConfirmed {
  constructor(readonly orderId: string) {}
}

export class OrderCancelled {
  constructor(
    readonly orderId: string,
    readonly reason: string,
  ) {}
}
