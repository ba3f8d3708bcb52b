import type { StoredDeadline } from '../../../store';
import { correlated } from '../definition/correlation';
import type { DeadlineContent, EventInput, ProcessTurnInput, StoredCause } from '../turns/inputs';
import type { Instance } from '../turns/instance';
import type { Instances } from '../turns/instances';
import type { ProcessHandlers } from '../turns/process-handlers';
import type { ProcessPage } from '../turns/process-page';
import { takeRejection } from '../turns/taken-inputs';
import { type ProcessRequest, requested } from './request';

/** The key under which a requested end appears in the history of an instance. */
const END_KEY = '$end';

/** Carries out the requests that `flow.processManagers` made in any process: each is a deadline that is due at once. */
export class ProcessRequests {
  constructor(
    private readonly handlers: ProcessHandlers,
    private readonly instances: Instances,
  ) {}

  /** @throws errors of the store */
  async take(page: ProcessPage, request: StoredDeadline): Promise<void> {
    const wanted = request.content as ProcessRequest;
    const instance = (await this.instances.load([wanted.instance])).get(wanted.instance)!;
    page.clear(request.instance, request.key, request.id);
    if (wanted.kind === 'take') {
      const event = await this.instances.eventAt(BigInt(wanted.position), wanted.input);
      if (event) page.event(instance, event, false);
    } else if (wanted.kind === 'end') await this.#end(page, instance, request);
    else if (instance.status === 'parked')
      await this.#again(page, instance, wanted.kind === 'discard' ? wanted.which : undefined);
  }

  /** Handles the waiting inputs until one fails, and leaves out those to be discarded. */
  async #again(page: ProcessPage, instance: Instance, discarded: string | undefined): Promise<void> {
    const waiting = await this.instances.waiting(instance.key);
    page.release(instance);
    for (const [place, input] of waiting.entries()) {
      if (isDiscarded(input, place, discarded)) page.note(instance, input, 'discarded');
      else if (instance.status !== 'parked') this.#take(page, instance, input);
    }
    if (instance.run === 0 && instance.status !== 'parked') page.forget(instance);
  }

  #take(page: ProcessPage, instance: Instance, input: ProcessTurnInput): void {
    if (input.kind === 'event') this.#event(page, instance, input);
    else if (instance.status === 'ended') page.note(instance, input, 'the instance has ended');
    else if (input.kind === 'rejection') this.#rejection(page, instance, input);
    else page.handle(instance, input);
  }

  /** An event whose instance was unknown may turn out to be for another one, which then receives it. */
  #event(page: ProcessPage, instance: Instance, input: EventInput): void {
    const { event } = input;
    let key: string | undefined;
    try {
      key = correlated(this.handlers.definition, event);
    } catch (error) {
      return void page.park(instance, input, error);
    }
    if (key === instance.key) return void page.event(instance, event, false);
    page.note(instance, input, key === undefined ? 'it belongs to no instance' : `handed to '${key}'`);
    if (key === undefined) return;
    page.request(requested({ kind: 'take', instance: key, position: String(event.position), input: input.id }));
  }

  /** Sends a command again that threw and whose rejection the process does not handle. */
  #rejection(page: ProcessPage, instance: Instance, input: ProcessTurnInput & { kind: 'rejection' }): void {
    const { output, command, cause } = input.content;
    if (this.handlers.handlesRejection(command.name)) return void takeRejection(page, this.handlers, instance, input);
    page.note(instance, input, 'sent again');
    const { key, hash, run } = instance;
    page.output({
      ...{ id: output, instance: key, hash, run, input: input.id, content: { command, cause }, status: 'pending' },
    });
  }

  async #end(page: ProcessPage, instance: Instance, { id, dueAt }: StoredDeadline): Promise<void> {
    if (!instance.exists || instance.status === 'ended') return;
    for (const input of instance.status === 'parked' ? await this.instances.waiting(instance.key) : [])
      page.note(instance, input, 'the instance was ended');
    const cause: StoredCause = { id, correlationId: id, metadata: {} };
    const content: DeadlineContent = { key: END_KEY, dueAt, at: page.now, cause };
    page.end(instance);
    page.note(instance, { kind: 'deadline', id, content }, 'ended by request');
  }
}

function isDiscarded(input: ProcessTurnInput, place: number, which: string | undefined): boolean {
  if (which === 'all' || (which === 'first' && place === 0)) return true;
  return input.kind === 'event' && String(input.event.position) === which;
}
