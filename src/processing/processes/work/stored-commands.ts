import type { ProcessSegment, ProcessStore } from '../../../store';
import type { ProcessPage } from '../turns/process-page';
import type { CommandSender } from './command-sender';

/** So many commands of a segment wait in memory, at most. */
export const MAX_QUEUED_COMMANDS = 1000;
const PAGE_OUTPUTS = 1000;

/**
 * Gives a sender the commands of a segment that are stored: those of earlier owners first, and then what is decided.
 */
export class StoredCommands {
  /** The last of the stored commands that was queued; undefined when all were. */
  #unread: bigint | undefined = 0n;

  constructor(
    private readonly processes: ProcessStore,
    private readonly segment: ProcessSegment,
    private readonly sender: CommandSender,
  ) {}

  /** Whether commands are to be sent, or wait for their outcome to be stored. */
  get isPending(): boolean {
    return this.sender.size > 0 || this.#unread !== undefined;
  }

  /** Queues what is stored, as far as there is room. @throws errors of the store */
  async fill(): Promise<void> {
    const { process, segments, segment } = this.segment;
    while (this.#unread !== undefined && this.sender.size < MAX_QUEUED_COMMANDS) {
      const outputs = await this.processes.outputs(process, {
        ...{ segment: { segments, segment }, status: 'pending', held: false, after: this.#unread, limit: PAGE_OUTPUTS },
      });
      this.#unread = outputs.length < PAGE_OUTPUTS ? undefined : outputs.at(-1)!.entry;
      this.sender.add(outputs);
    }
  }

  /** A page was stored: its commands are to be sent, and those of instances that ended or were parked are not. */
  follow(page: ProcessPage): void {
    for (const instance of page.ended) this.sender.drop(instance);
    for (const [instance, held] of page.held) if (held) this.sender.drop(instance);
    // While stored ones are not all queued, these are among those that follow.
    if (this.#unread === undefined) this.sender.add(page.pending.filter(each => !page.held.has(each.instance)));
  }

  /** Queues the commands of an instance that is not parked any more. @throws errors of the store */
  async release(instance: string): Promise<void> {
    if (this.#unread !== undefined) return this.again();
    this.sender.drop(instance);
    const page = { instance, status: 'pending', held: false, limit: PAGE_OUTPUTS } as const;
    this.sender.add(await this.processes.outputs(this.segment.process, page));
  }

  /** It is not known what was stored: everything is read again. */
  again(): void {
    this.sender.dropAll();
    this.#unread = 0n;
  }
}
