import type { Socket } from 'node:net';
import { StandingProxy } from './standing-proxy';

/** Cuts connections at the moment the server answers. */
export class CuttingProxy extends StandingProxy {
  /** How likely it is that an answer is thrown away with its connection. */
  cutting = 0;
  cuts = 0;

  /** `chance` returns a number from 0 to below 1. */
  constructor(
    target: string,
    private readonly chance: () => number,
  ) {
    super(target);
  }

  protected answer(data: Buffer, client: Socket, cut: () => void): void {
    if (this.chance() >= this.cutting) return void client.write(data);
    this.cuts++;
    cut();
  }
}
