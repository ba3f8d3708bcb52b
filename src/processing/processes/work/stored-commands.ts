import type { ProcessSegment, ProcessStore } from '../../../store';
import type { ProcessPage } from '../turns/process-page';
import type { CommandSender } from './command-sender';

/** The most commands of a segment that wait in memory. */
export const MAX_QUEUED_COMMANDS = 1000;
const PAGE_OUTPUTS = 1000;

/**
 * Passes the stored commands of a segment to a sender: first those of earlier owners, then new ones.
 */
export class StoredCommands {
  /** The last stored command that was queued; undefined when all are queued. */
  #unread: bigint | undefined = 0n;

  constructor(
    private readonly processes: ProcessStore,
    private readonly segment: ProcessSegment,
    private readonly sender: CommandSender,
  ) {}

  /** Whether commands are to be sent or have an outcome that is not stored yet. */
  get isPending(): boolean {
    return this.sender.size > 0 || this.#unread !== undefined;
  }

  /** Queues stored commands as far as there is room. @throws errors of the store */
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

  /** Called when a page is stored: queues its commands, and drops those of instances that ended or were parked. */
  follow(page: ProcessPage): void {
    for (const instance of page.ended) this.sender.drop(instance);
    for (const [instance, held] of page.held) if (held) this.sender.drop(instance);
    // While not all stored commands are queued, these are read later with the rest.
    if (this.#unread === undefined) this.sender.add(page.pending.filter(each => !page.held.has(each.instance)));
  }

  /** Queues the commands of an instance that is no longer parked. @throws errors of the store */
  async release(instance: string): Promise<void> {
    if (this.#unread !== undefined) return this.again();
    this.sender.drop(instance);
    const page = { instance, status: 'pending', held: false, limit: PAGE_OUTPUTS } as const;
    this.sender.add(await this.processes.outputs(this.segment.process, page));
  }

  /** Called when it is unknown what was stored: everything is read again. */
  again(): void {
    this.sender.dropAll();
    this.#unread = 0n;
  }
}
