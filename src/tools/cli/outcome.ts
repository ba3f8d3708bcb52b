import type { Finding } from './findings';

/** What a verb has done. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** For programs: `data` of the envelope. */
  readonly data: object;
  /** What the user asked for, printed on stdout; empty for nothing. */
  readonly text: string;
  /** One line for people. */
  readonly summary: string;
}
