import { setTimeout as sleep } from 'node:timers/promises';
import type { HandlerContext } from '../../../src/commands';
import type { RetryRule } from '../../../src/concurrency';
import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { CommandContext } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import type { EventStore } from '../../../src/store';
import { SILENT } from '../../support/logger';

/** An aggregate that counts; a command of it may wait for one to another. */
export const Counter = defineAggregate({
  name: 'Counter',
  state: { count: 0 },
  methods: {
    increase() {
      return Event({ aggregateId: this.id, name: 'Increased', payload: {} });
    },
  },
  commands: {
    Increase: {
      creates: 'if-missing',
      async decide(_state, { id, then }: { id: string; then?: object }, { dispatch }: CommandContext) {
        await sleep(5);
        if (then) await dispatch(then);
        return Event({ aggregateId: id, name: 'Increased', payload: {} });
      },
    },
  },
  on: { Increased: state => ({ ...state, count: state.count + 1 }) },
});

export const increase = (id: string, then?: object) => ({ name: 'Increase', message: { id, ...(then && { then }) } });

/** Commands over two aggregates: one of its own, which each makes, and one that all of them share. */
export const sharingFlow = (eventStore: EventStore, retry: RetryRule = {}): Flow =>
  new Flow({
    ...{ eventStore, retry, logger: SILENT, aggregates: [Counter] },
    commandHandlers: {
      async Open({ id, shared }: { id: string; shared: string }, { repository }: HandlerContext) {
        const counters = repository(Counter);
        const all = await counters.load(shared);
        all.increase();
        await counters.save(all);
        await counters.add({ id });
      },
    },
  });

/** Dispatches so many commands at once, and returns the codes of the errors that their callers met. */
export async function opened(flow: Flow, party: number, round: number, commands: number): Promise<string[]> {
  const all = Array.from({ length: commands }, (_, index) =>
    flow.dispatch({ name: 'Open', message: { id: `${round} ${party} ${index}`, shared: 'shared' } }),
  );
  return (await Promise.allSettled(all)).flatMap(each =>
    each.status === 'rejected' ? [each.reason.code ?? `${each.reason}`] : [],
  );
}
