export class Created {
  constructor(readonly product: string) {}
}
