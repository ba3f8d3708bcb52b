import type { Figure } from '../../support/figures';
import { busSchedules } from './interleaved-bus';
import { closingSchedules } from './interleaved-closing';
import { commandSchedules } from './interleaved-commands';

/** Plays the bus, commands to aggregates and shutdown under so many generated orders of everything that takes time. */
export async function interleavings({ schedules }: { readonly schedules: number }, seed: number): Promise<Figure[]> {
  return [
    ...(await busSchedules(schedules, seed)),
    ...(await commandSchedules(schedules, seed)),
    ...(await closingSchedules(schedules, seed)),
  ];
}
