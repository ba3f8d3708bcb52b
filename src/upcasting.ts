// Events that live for years: what brings stored events into today's shape. See docs/changing-events.md.

export { Upcaster } from './decorators';
export { as, EventReader, upcaster } from './messages';
export type { UpcastPiece, UpcasterOptions, UpcastStep } from './messages';
