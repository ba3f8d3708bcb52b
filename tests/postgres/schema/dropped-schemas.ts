import { Event } from '../../../src/decorators';
import { defineAggregate } from '../../../src/model';
import { defineProjection } from '../../../src/processing';

/** Writes down the ids of what has happened, in order. */
export const idsProjection = () =>
  defineProjection<{ ids: string }>({
    name: 'ids',
    on: {
      async Happened({ id }: { id: string }, { documents }) {
        documents.set('all', { ids: `${(await documents.get('all'))?.ids ?? ''}${id}` });
      },
    },
  });

/** What is moved out was moved in before. */
export const Account = defineAggregate({
  name: 'Account',
  state: { balance: 0 },
  on: {
    Moved: (state, { payload }: { payload: { amount: number } }) => ({ balance: state.balance + payload.amount }),
  },
  commands: {
    Move: {
      creates: 'if-missing',
      decide({ balance }, { id, amount }: { id: string; amount: number }) {
        if (balance + amount < 0) throw new Error(`There are only ${balance}.`);
        return Event({ aggregateId: id, name: 'Moved', payload: { amount } });
      },
    },
  },
});

export const move = (id: string, amount: number): object => ({ name: 'Move', message: { id, amount } });
