import { type Clock, isoTime } from '../../messages';
import { letterPage } from '../kit/projections/dead-letter-checks';
import { parkedSequences } from '../kit/projections/parked-sequences';
import type { SealedCommit } from '../kit/projections/sealed-commit';
import type { AnsweredRetry, DeadLetter, DeadLetters, ParkedName, ParkedSequence } from '../ports/dead-letters';
import type { CheckpointName } from '../ports/projection-commit';
import type { InMemoryAccess } from './in-memory-access';

/** The changes of a commit to letters. */
type LetterChanges = Pick<SealedCommit, 'park' | 'unpark' | 'answers'>;

/** What is parked in one version. */
class ParkedVersion {
  readonly letters = new Map<bigint, DeadLetter>();
  /** For each sequence, how many retries were requested, and the last of these requests that was answered. */
  readonly retries = new Map<string, { readonly asked: number; readonly answered: number }>();

  /** By position. */
  inOrder(): DeadLetter[] {
    return [...this.letters.values()].sort((one, other) => (one.position < other.position ? -1 : 1));
  }

  delete(letters: readonly DeadLetter[]): void {
    for (const { position } of letters) this.letters.delete(position);
    for (const sequence of this.retries.keys())
      if (!this.inOrder().some(letter => letter.sequence === sequence)) this.retries.delete(sequence);
  }

  retryOf(sequence: string): number | undefined {
    const { asked, answered } = this.#retriesOf(sequence);
    return asked > answered ? asked : undefined;
  }

  ask(sequence: string): void {
    const { asked, answered } = this.#retriesOf(sequence);
    this.retries.set(sequence, { asked: asked + 1, answered });
  }

  answer({ sequence, retry }: AnsweredRetry): void {
    const { asked, answered } = this.#retriesOf(sequence);
    this.retries.set(sequence, { asked, answered: Math.max(answered, retry) });
  }

  #retriesOf(sequence: string): { readonly asked: number; readonly answered: number } {
    return this.retries.get(sequence) ?? { asked: 0, answered: 0 };
  }
}

/** Dead letters in the memory of the process. */
export class InMemoryDeadLetters implements DeadLetters {
  readonly #versions = new Map<string, ParkedVersion>();

  constructor(
    private readonly clock: Clock,
    private readonly access: InMemoryAccess,
  ) {}

  async sequences(name: ParkedName, segment?: number): Promise<readonly ParkedSequence[]> {
    const parked = this.access.read(() => this.#of(name));
    const letters = parked.inOrder().filter(letter => segment === undefined || letter.segment === segment);
    return parkedSequences(letters, sequence => parked.retryOf(sequence));
  }

  async list(
    name: ParkedName,
    page: { readonly sequence?: string; readonly after?: bigint; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const { after, limit } = letterPage(page);
    const parked = this.access.read(() => this.#of(name));
    const letters = matching(parked, page).filter(({ position }) => position > after);
    return letters.slice(0, limit);
  }

  async retry({ projection, version }: ParkedName, sequence?: string): Promise<number> {
    return this.access.write(() => {
      const parked = this.#of({ projection, version });
      const sequences = new Set(
        matching(parked, sequence === undefined ? {} : { sequence }).map(letter => letter.sequence),
      );
      for (const wanted of sequences) parked.ask(wanted);
      return sequences.size;
    });
  }

  async discard(
    { projection, version }: ParkedName,
    { sequence, position }: { readonly sequence?: string; readonly position?: bigint } = {},
  ): Promise<number> {
    return this.access.write(() => {
      const parked = this.#of({ projection, version });
      const which = { ...(sequence !== undefined && { sequence }), ...(position !== undefined && { position }) };
      const letters = matching(parked, which);
      parked.delete(letters);
      return letters.length;
    });
  }

  /** Stores what a commit parks, unparks and answers; letters that are already parked keep their time. */
  change({ projection, version, segment }: CheckpointName, { park, unpark, answers }: LetterChanges): void {
    if (park.length === 0 && unpark.length === 0 && !answers) return;
    const parked = this.#of({ projection, version });
    this.#versions.set(keyOf({ projection, version }), parked);
    parked.delete(
      unpark.flatMap(position => matching(parked, { position })).filter(letter => letter.segment === segment),
    );
    for (const letter of park) {
      const known = parked.letters.get(letter.position);
      const parkedAt = known?.parkedAt ?? isoTime(this.clock.now());
      parked.letters.set(letter.position, Object.freeze({ ...letter, segment, parkedAt }));
    }
    if (answers) parked.answer(answers);
  }

  isParked(name: ParkedName, position: bigint): boolean {
    return this.#of(name).letters.has(position);
  }

  drop(projection: string, version: number): void {
    this.#versions.delete(keyOf({ projection, version }));
  }

  #of(name: ParkedName): ParkedVersion {
    return this.#versions.get(keyOf(name)) ?? new ParkedVersion();
  }
}

function matching(
  parked: ParkedVersion,
  { sequence, position }: { readonly sequence?: string; readonly position?: bigint },
): DeadLetter[] {
  const among =
    position === undefined ? parked.inOrder() : [parked.letters.get(position)].filter(letter => letter !== undefined);
  return sequence === undefined ? among : among.filter(letter => letter.sequence === sequence);
}

const keyOf = ({ projection, version }: ParkedName): string => JSON.stringify([projection, version]);
