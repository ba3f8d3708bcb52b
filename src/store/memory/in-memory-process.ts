import { compareTexts } from '../kit/documents/document-keys';
import type { DeadlinePage, SelectedPage } from '../kit/projections/process-checks';
import type { SealedProcess } from '../kit/projections/sealed-process';
import type {
  InstanceHash,
  NewDeadline,
  NewProcessInput,
  NewProcessOutput,
  ProcessInput,
  ProcessOutput,
  StoredDeadline,
} from '../ports/process-store';
import { DueList, type DuePlace } from './due-list';

interface KeptDeadline extends StoredDeadline, DuePlace {}

/** What belongs to one instance, by id; deadlines by key. */
class Instance {
  readonly inputs = new Set<string>();
  readonly outputs = new Set<string>();
  readonly deadlines = new Map<string, KeptDeadline>();

  get isEmpty(): boolean {
    return this.inputs.size + this.outputs.size + this.deadlines.size === 0;
  }
}

/** All that is kept of one process. */
export class InMemoryProcess {
  /** In the order of their entries, as they are never taken out and put in again. */
  readonly #inputs = new Map<string, ProcessInput>();
  readonly #outputs = new Map<string, ProcessOutput>();
  readonly #pending = new Set<string>();
  readonly #instances = new Map<string, Instance>();
  readonly #due = new DueList<KeptDeadline>();
  #entry = 0n;

  constructor(private readonly name: string) {}

  /** Makes changes in the order that the port requires. */
  change({ ends, inputs, outputs, outcomes, clear, deadlines, hold, forget }: SealedProcess, at: string): void {
    for (const instance of ends) this.#end(instance);
    for (const input of inputs) this.#recordInput(input, at);
    for (const output of outputs) this.#recordOutput(output, at);
    for (const { id, ...outcome } of outcomes) {
      const known = this.#outputs.get(id);
      if (known) this.#keepOutput({ ...known, ...outcome });
    }
    for (const { instance, key, id } of clear) this.clear(instance, key, id);
    for (const deadline of deadlines) this.set(deadline);
    for (const { instance, held } of hold) this.#hold(instance, held);
    for (const instance of forget) this.#forget(instance);
  }

  set({ instance, ...deadline }: NewDeadline): void {
    const kept = this.#instance(instance).deadlines.get(deadline.key);
    const { entry = ++this.#entry, held = false } = kept ?? {};
    this.#put({ process: this.name, instance, ...deadline, entry, held });
  }

  /** Tells whether there is a deadline with this id. */
  isSet({ instance, key, id }: NewDeadline): boolean {
    return this.#instances.get(instance)?.deadlines.get(key)?.id === id;
  }

  /** Deletes a deadline, of the given id if there is one; returns whether it was there. */
  clear(instance: string, key: string, id?: string): boolean {
    const owner = this.#instances.get(instance);
    const known = owner?.deadlines.get(key);
    if (!owner || !known || (id !== undefined && known.id !== id)) return false;
    owner.deadlines.delete(key);
    this.#due.delete(known);
    if (owner.isEmpty) this.#instances.delete(instance);
    return true;
  }

  /** Returns the matching deadlines that are due, the earliest first. */
  due(now: number, limit: number, matches: (hash: InstanceHash) => boolean): StoredDeadline[] {
    const found: StoredDeadline[] = [];
    for (const deadline of this.#due.due(now)) {
      if (found.length === limit) break;
      if (matches(deadline.hash)) found.push(deadlineOf(deadline));
    }
    return found;
  }

  nextAfter(now: number): number | undefined {
    return this.#due.nextAfter(now);
  }

  inputs(page: SelectedPage): ProcessInput[] {
    const ids = page.instance === undefined ? this.#inputs.keys() : this.#instances.get(page.instance)?.inputs;
    return selected(this.#inputs, ids ?? [], page, () => false);
  }

  outputs(page: SelectedPage): ProcessOutput[] {
    const all = page.status === 'pending' ? this.#inOrder(this.#pending) : this.#outputs.keys();
    const ids = page.instance === undefined ? all : this.#instances.get(page.instance)?.outputs;
    return selected(this.#outputs, ids ?? [], page, ({ held }) => held);
  }

  deadlines({ instance, after, limit }: DeadlinePage): StoredDeadline[] {
    const names = instance === undefined ? [...this.#instances.keys()] : [instance];
    const all = names.flatMap(name => [...(this.#instances.get(name)?.deadlines.values() ?? [])]);
    const rest = after ? all.filter(deadline => comparePlaces(deadline, after) > 0) : all;
    return rest.sort(comparePlaces).slice(0, limit).map(deadlineOf);
  }

  #recordInput(input: NewProcessInput, at: string): void {
    const known = this.#inputs.get(input.id);
    const { status, note, run } = input;
    const kept = known ? { ...known, status, note, run } : { entry: ++this.#entry, at, ...input };
    this.#inputs.set(input.id, Object.freeze(kept));
    this.#instance(kept.instance).inputs.add(input.id);
  }

  #recordOutput(output: NewProcessOutput, at: string): void {
    const known = this.#outputs.get(output.id);
    const { status, note } = output;
    this.#keepOutput(known ? { ...known, status, note } : { entry: ++this.#entry, at, held: false, ...output });
    this.#instance(known?.instance ?? output.instance).outputs.add(output.id);
  }

  /** Only what is pending can be held. */
  #keepOutput(output: ProcessOutput): void {
    const isPending = output.status === 'pending';
    this.#outputs.set(output.id, Object.freeze({ ...output, held: isPending && output.held }));
    if (isPending) this.#pending.add(output.id);
    else this.#pending.delete(output.id);
  }

  #put(deadline: KeptDeadline): void {
    const { deadlines } = this.#instance(deadline.instance);
    const known = deadlines.get(deadline.key);
    if (known) this.#due.delete(known);
    deadlines.set(deadline.key, Object.freeze(deadline));
    if (!deadline.held) this.#due.add(deadline);
  }

  #end(instance: string): void {
    for (const output of this.#pendingOf(instance)) this.#keepOutput({ ...output, status: 'cancelled' });
    for (const key of this.#keysOf(instance)) this.clear(instance, key);
  }

  #hold(instance: string, held: boolean): void {
    for (const output of this.#pendingOf(instance)) this.#keepOutput({ ...output, held });
    for (const deadline of [...(this.#instances.get(instance)?.deadlines.values() ?? [])])
      this.#put({ ...deadline, held });
  }

  #forget(instance: string): void {
    for (const key of this.#keysOf(instance)) this.clear(instance, key);
    const { inputs = [], outputs = [] } = this.#instances.get(instance) ?? {};
    for (const id of inputs) this.#inputs.delete(id);
    for (const id of outputs) {
      this.#outputs.delete(id);
      this.#pending.delete(id);
    }
    this.#instances.delete(instance);
  }

  #instance(name: string): Instance {
    const known = this.#instances.get(name);
    if (known) return known;
    const fresh = new Instance();
    this.#instances.set(name, fresh);
    return fresh;
  }

  #keysOf(instance: string): string[] {
    return [...(this.#instances.get(instance)?.deadlines.keys() ?? [])];
  }

  #pendingOf(instance: string): ProcessOutput[] {
    const outputs = Array.from(this.#instances.get(instance)?.outputs ?? [], id => this.#outputs.get(id)!);
    return outputs.filter(({ status }) => status === 'pending');
  }

  #inOrder(ids: Iterable<string>): string[] {
    const outputs = Array.from(ids, id => this.#outputs.get(id)!);
    return outputs.sort((one, other) => (one.entry < other.entry ? -1 : 1)).map(({ id }) => id);
  }
}

function selected<Row extends { instance: string; hash: number; status: string; entry: bigint }>(
  rows: ReadonlyMap<string, Row>,
  ids: Iterable<string>,
  { segment, status, held, after, limit }: SelectedPage,
  isHeld: (row: Row) => boolean,
): Row[] {
  const found: Row[] = [];
  for (const id of ids) {
    if (found.length === limit) break;
    const row = rows.get(id)!;
    if (row.entry <= after || (status !== undefined && row.status !== status)) continue;
    if (segment && row.hash % segment.segments !== segment.segment) continue;
    if (held === undefined || isHeld(row) === held) found.push(row);
  }
  return found;
}

const deadlineOf = ({ entry, ...deadline }: KeptDeadline): StoredDeadline => deadline;

type Place = Pick<StoredDeadline, 'instance' | 'key'>;

const comparePlaces = (one: Place, other: Place): number =>
  compareTexts(one.instance, other.instance) || compareTexts(one.key, other.key);
