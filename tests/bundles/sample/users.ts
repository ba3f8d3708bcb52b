export class Created {
  constructor(readonly user: string) {}
}
