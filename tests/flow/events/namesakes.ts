import { Query } from 'eventuality';

/** Messages of two parts of an application that came to the same names. */
export namespace users {
  export class Create {
    constructor(
      readonly id: string,
      readonly email: string,
    ) {}
  }
  export class Created {
    constructor(readonly email: string) {}
  }
  export class Find extends Query<string> {}
}

export namespace products {
  export class Create {
    constructor(
      readonly id: string,
      readonly sku: string,
    ) {}
  }
  export class Created {
    constructor(readonly sku: string) {}
  }
  export class Find extends Query<number> {}
}
