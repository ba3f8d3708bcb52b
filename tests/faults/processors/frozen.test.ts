import { faultsOf } from '../../support/figures';
import { frozen } from './frozen';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: the late commit of a process that was frozen, and whose segments others have taken over, has no effect; without a fence it has',
  async name => {
    expect(await faultsOf(seed => frozen(name, { inHandlers: 2, anywhere: 1 }, seed))).toEqual([]);
  },
  180_000,
);
