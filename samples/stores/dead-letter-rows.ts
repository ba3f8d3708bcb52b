import type { DeadLetter, ParkedSequence } from 'eventuality/operations';
import { type CheckpointName, type ParkedName, parkedSequences, type SealedCommit } from 'eventuality/store-kit';
import type { Rows } from './rows';

type LetterRow = Omit<DeadLetter, 'position'> & { readonly position: string };
interface RetryRow {
  readonly asked: number;
  readonly answered: number;
}
/** Which letters; what is left out is for any. */
interface Which {
  readonly sequence?: string | undefined;
  readonly position?: bigint | undefined;
}

/** What is parked of one version, as rows. */
export class DeadLetterRows {
  readonly #letters: string;
  readonly #retries: string;

  constructor(
    private readonly rows: Rows,
    { projection, version }: ParkedName,
  ) {
    this.#letters = JSON.stringify(['letters', projection, version]);
    this.#retries = JSON.stringify(['retries', projection, version]);
  }

  /** By position. */
  list({ sequence, position }: Which = {}): DeadLetter[] {
    return Array.from(this.rows.all<LetterRow>(this.#letters).values(), row => ({
      ...row,
      error: row.error,
      position: BigInt(row.position),
    }))
      .filter(letter => sequence === undefined || letter.sequence === sequence)
      .filter(letter => position === undefined || letter.position === position)
      .sort((one, other) => (one.position < other.position ? -1 : 1));
  }

  isParked({ segment }: CheckpointName, position: bigint): boolean {
    return this.list({ position }).some(letter => letter.segment === segment);
  }

  sequences(segment?: number): readonly ParkedSequence[] {
    const letters = this.list().filter(letter => segment === undefined || letter.segment === segment);
    return parkedSequences(letters, sequence => {
      const { asked, answered } = this.#retriesOf(sequence);
      return asked > answered ? asked : undefined;
    });
  }

  retry(which: Which): number {
    const sequences = new Set(this.list(which).map(letter => letter.sequence));
    for (const sequence of sequences) {
      const { asked, answered } = this.#retriesOf(sequence);
      this.rows.set(this.#retries, sequence, { asked: asked + 1, answered });
    }
    return sequences.size;
  }

  discard(which: Which): number {
    const letters = this.list(which);
    this.#delete(letters);
    return letters.length;
  }

  /** Takes in what a commit parks, unparks and answers. */
  commit({ segment }: CheckpointName, { park, unpark, answers }: SealedCommit, now: string): void {
    for (const position of unpark) this.#delete(this.list({ position }).filter(letter => letter.segment === segment));
    for (const letter of park) {
      const [known] = this.list({ position: letter.position });
      const row = { ...letter, position: String(letter.position), segment, parkedAt: known?.parkedAt ?? now };
      this.rows.set(this.#letters, row.position, row);
    }
    if (!answers) return;
    const { asked, answered } = this.#retriesOf(answers.sequence);
    this.rows.set(this.#retries, answers.sequence, { asked, answered: Math.max(answered, answers.retry) });
  }

  clear(): void {
    this.rows.clear(this.#letters);
    this.rows.clear(this.#retries);
  }

  #delete(letters: readonly DeadLetter[]): void {
    for (const { position } of letters) this.rows.set(this.#letters, String(position), null);
    for (const { sequence } of letters)
      if (this.list({ sequence }).length === 0) this.rows.set(this.#retries, sequence, null);
  }

  #retriesOf(sequence: string): RetryRow {
    return this.rows.get<RetryRow>(this.#retries, sequence) ?? { asked: 0, answered: 0 };
  }
}
