import { type InheritedEntries, inheritedEntries, type MessageCause, sealPayload } from '../../messages';

type Entries = Readonly<Record<string, unknown>>;

const NONE: Entries = Object.freeze({});

/** A query with its envelope. Its metadata is made when it is asked for: most handlers do not. */
export class SentQuery {
  #metadata: Entries | undefined;

  constructor(
    readonly name: string,
    readonly query: object,
    readonly cause: MessageCause | undefined,
    /** Entries of the surroundings, for a query without a cause. */
    private readonly entries: Entries | undefined,
    private readonly inherit: InheritedEntries,
  ) {}

  get metadata(): Entries {
    this.#metadata ??= this.#completeMetadata();
    return this.#metadata;
  }

  #completeMetadata(): Entries {
    const { cause, entries, inherit } = this;
    if (!cause) return entries ? sealPayload(entries, 'metadata') : NONE;
    const { correlationId } = cause;
    return sealPayload({ correlationId, ...inheritedEntries(cause.metadata, inherit) }, 'metadata');
  }
}
