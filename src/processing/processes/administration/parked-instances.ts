import { EventualityError } from '../../../messages';
import type {
  DeadLetter,
  DeadLetters,
  ParkedName,
  ParkedSequence,
  ProcessInput,
  ProjectionStore,
} from '../../../store';
import type { EventProcessorDefinition } from '../../definition/definition';
import { hashOf } from '../../definition/sequence';
import { isProcess } from '../definition/definition';
import { INSTANCES_VERSION, type InstanceDocument, instancesOf } from '../turns/instance';
import { type ProcessRequest, requested } from '../work/request';

/** How many parked instances are listed, and how many inputs of each are counted. */
const MAX_LISTED = 1000;

/**
 * Shows the parked instances of a process as dead letters: the key of the instance is the key of the sequence, and its
 * waiting inputs are the letters. An input that is not an event has the position 0n.
 */
class ParkedInstances implements DeadLetters {
  constructor(private readonly store: ProjectionStore) {}

  async sequences({ projection, version }: ParkedName, segment?: number): Promise<readonly ParkedSequence[]> {
    const segments = await this.#segments(projection, version);
    const listed = (await this.#parked(projection))
      .map(({ id, error }) => ({ id, error, segment: hashOf(id) % segments }))
      .filter(each => segment === undefined || each.segment === segment);
    return Promise.all(
      listed.map(async ({ id, error, segment }) => {
        const waiting = await this.#waiting(projection, id);
        const position = waiting[0]?.position ?? 0n;
        return { sequence: id, segment, events: waiting.length, position, error, retry: undefined };
      }),
    );
  }

  async list(
    { projection, version }: ParkedName,
    { sequence, after = -1n, limit = 100 }: { sequence?: string; after?: bigint; limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const segments = await this.#segments(projection, version);
    const waiting = await this.#waiting(projection, sequence);
    return waiting
      .filter(({ position = 0n }) => position > after)
      .slice(0, limit)
      .map(({ instance, hash, position = 0n, note, at }) => ({
        sequence: instance,
        ...{ segment: hash % segments, position, parkedAt: at },
        ...{ error: note, attempts: note === undefined ? 0 : 1 },
      }));
  }

  async retry({ projection }: ParkedName, sequence?: string): Promise<number> {
    const instances = (await this.#parked(projection)).map(({ id }) => id);
    const wanted = instances.filter(id => sequence === undefined || id === sequence);
    await this.#request(
      projection,
      wanted.map(instance => ({ kind: 'retry', instance })),
    );
    return wanted.length;
  }

  /** Discards waiting inputs; then the other inputs of their instances are handled. */
  async discard(
    { projection }: ParkedName,
    { sequence, position }: { readonly sequence?: string; readonly position?: bigint } = {},
  ): Promise<number> {
    const waiting = (await this.#waiting(projection, sequence)).filter(
      input => position === undefined || input.position === position,
    );
    const which = position === undefined ? 'all' : String(position);
    // Scheduled commands have no inputs.
    const parked = position === undefined ? (await this.#parked(projection)).map(({ id }) => id) : [];
    const named = parked.filter(id => sequence === undefined || id === sequence);
    const instances = [...new Set([...waiting.map(({ instance }) => instance), ...named])];
    await this.#request(
      projection,
      instances.map(instance => ({ kind: 'discard', instance, which })),
    );
    return Math.max(waiting.length, instances.length);
  }

  async #request(process: string, requests: readonly ProcessRequest[]): Promise<void> {
    if (requests.length > 0) await this.store.processes!.schedule(process, requests.map(requested));
  }

  #waiting(process: string, instance: string | undefined): Promise<readonly ProcessInput[]> {
    const page = { status: 'waiting', limit: MAX_LISTED } as const;
    return this.store.processes!.inputs(process, instance === undefined ? page : { ...page, instance });
  }

  async #segments(process: string, wanted: number): Promise<number> {
    const versions = await this.store.versions(process);
    return versions.find(({ version }) => version === wanted)?.segments ?? 1;
  }

  async #parked(process: string): Promise<readonly (InstanceDocument & { readonly id: string })[]> {
    try {
      const query = { where: { status: 'parked' }, limit: MAX_LISTED } as const;
      const { items } = await this.store.find(instancesOf(process), INSTANCES_VERSION, query);
      return items.map(({ id, document }) => ({ id, ...(document as InstanceDocument) }));
    } catch (error) {
      // No instance was ever stored.
      if (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL') return [];
      throw error;
    }
  }
}

/** Returns what is parked of a projection or reactor, or the parked instances of a process. */
export const lettersOf = (store: ProjectionStore, definition: EventProcessorDefinition): DeadLetters =>
  isProcess(definition) ? new ParkedInstances(store) : store.deadLetters;
