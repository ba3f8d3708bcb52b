import type { ProcessChanges, ProcessStore, ProjectionCommit, ProjectionStore, StoredDeadline } from '../../src/store';
import { bound } from './bound';

const NAME = 'fulfilment';

/** What is broken of a store, and of its processes. */
type Parts = Partial<Omit<ProjectionStore, 'processes'>> & { readonly processes?: Partial<ProcessStore> };
type Breaking = (store: ProjectionStore, processes: ProcessStore) => Parts;

/** A store with all that it has, but for what is broken. */
export function whole(store: ProjectionStore, { processes, ...parts }: Parts = {}): ProjectionStore {
  const { leases, deadLetters } = store;
  return { ...bound(store), leases, deadLetters, processes: { ...bound(store.processes!), ...processes }, ...parts };
}

/** Breaks what a commit changes of a process. */
const changing =
  (change: (changes: ProcessChanges, processes: ProcessStore) => ProcessChanges | Promise<ProcessChanges>): Breaking =>
  (store, processes) => ({
    commit: async ({ process, ...commit }) =>
      store.commit(process ? { ...commit, process: await change(process, processes) } : commit),
  });

/** Makes a part of the changes first, and the rest afterwards. */
const splitting =
  (...first: readonly (keyof ProcessChanges)[]): Breaking =>
  store => ({
    async commit({ process, ...commit }) {
      if (!process) return store.commit(commit);
      const [before, after] = [true, false].map(isFirst =>
        Object.fromEntries(Object.entries(process).filter(([name]) => first.includes(name as never) === isFirst)),
      );
      const outcome = await store.commit({ ...commit, process: before! });
      return outcome.ok ? store.commit({ ...commit, from: commit.to, process: after! }) : outcome;
    },
  });

/** Breaks what is read of deadlines. */
const due =
  (change: (found: readonly StoredDeadline[], limit: number) => readonly StoredDeadline[]): Breaking =>
  (_, processes) => ({
    processes: {
      async due(segments, limit) {
        const { deadlines, nextIn } = await processes.due(segments, limit);
        return { deadlines: change(deadlines, limit), nextIn };
      },
    },
  });

const everything = async (processes: ProcessStore, process = NAME): Promise<ProcessChanges> => ({
  deadlines: await processes.deadlines(process, { limit: 1000 }),
});

/** Makes changes at the checkpoint where it is. */
async function force(store: ProjectionStore, commit: ProjectionCommit, process: ProcessChanges): Promise<void> {
  const from = await store.checkpoint(commit.checkpoint);
  await store.commit({ checkpoint: commit.checkpoint, from, to: from, writes: [], process });
}

/** Stores that are broken in one way each, and the case that must notice it. */
export const BROKEN: Readonly<Record<string, { readonly noticedBy: string; readonly breaking: Breaking }>> = {
  'changes a process also where the commit is refused': {
    noticedBy: 'changes nothing when a commit is refused',
    breaking: store => ({
      async commit({ process = {}, ...commit }) {
        await force(store, commit, process);
        return store.commit(commit);
      },
    }),
  },
  'changes a process before the work of the commit has ended': {
    noticedBy: 'changes nothing when the work of a commit throws',
    breaking: store => ({
      async commit({ process = {}, ...commit }) {
        await force(store, commit, process);
        return store.commit(commit);
      },
    }),
  },
  'does not look at fences': {
    noticedBy: 'accepts the changes of one of two owners, by the fence',
    breaking: store => ({ commit: ({ fence, ...commit }) => store.commit(commit) }),
  },
  'forgets the process in a transaction': {
    noticedBy: 'commits processes with a transaction, and takes them back with it',
    breaking: store => ({
      transaction: work =>
        store.transaction(transaction =>
          work({ ...bound(transaction), commit: ({ process, ...commit }) => transaction.commit(commit) }),
        ),
    }),
  },
  'changes a process outside of the transaction': {
    noticedBy: 'commits processes with a transaction, and takes them back with it',
    breaking: store => ({
      async transaction(work) {
        const changes: ProjectionCommit[] = [];
        const end = async (): Promise<void> => {
          for (const commit of changes) await force(store, commit, commit.process!);
        };
        const working = store.transaction(transaction =>
          work({
            ...bound(transaction),
            commit: ({ process = {}, ...commit }) => {
              changes.push({ ...commit, process });
              return transaction.commit(commit);
            },
          }),
        );
        return working.finally(end);
      },
    }),
  },
  'has nothing of an earlier version': {
    noticedBy: 'has one process for all versions and segments',
    breaking: store => ({
      async commit(commit) {
        if (commit.checkpoint.version > 1) await force(store, commit, { forget: ['order-1'] });
        return store.commit(commit);
      },
    }),
  },
  'keeps a process when its last version is dropped': {
    noticedBy: 'drops a process with its last version',
    breaking: (store, processes) => ({
      async drop(name, version, options) {
        const { deadlines = [] } = await everything(processes, name);
        const gone = await store.drop(name, version, options);
        await processes.schedule(name, deadlines);
        return gone;
      },
    }),
  },
  'drops a process with any of its versions': {
    noticedBy: 'drops a process with its last version',
    breaking: (store, processes) => ({
      async drop(name, version, options) {
        for (const { instance, key } of (await everything(processes, name)).deadlines ?? [])
          await processes.unschedule(name, instance, key);
        return store.drop(name, version, options);
      },
    }),
  },
  'records an input only once': {
    noticedBy: 'an input that is recorded again changes its status, note and run only',
    breaking: changing(async ({ inputs = [], ...changes }, processes) => {
      const known = new Set((await processes.inputs(NAME, { limit: 1000 })).map(({ id }) => id));
      return { ...changes, inputs: inputs.filter(({ id }) => !known.has(id)) };
    }),
  },
  'records an output anew': {
    noticedBy: 'an output that is recorded again changes its status and note only',
    breaking: (store, processes) => ({
      async commit({ process, ...commit }) {
        const outputs = new Map((process?.outputs ?? []).map(output => [output.id, output]));
        const known = await processes.outputs(NAME, { limit: 1000 });
        if (known.some(({ id }) => outputs.has(id))) {
          await force(store, commit, { forget: ['order-1'] });
          await force(store, commit, { outputs: known.filter(({ id }) => !outputs.has(id)) });
        }
        return store.commit(process ? { ...commit, process } : commit);
      },
    }),
  },
  'cancels also what comes with the end': {
    noticedBy: 'what comes with the end of an instance stays: outputs and deadlines of its next run',
    breaking: splitting('inputs', 'outputs', 'clear', 'deadlines', 'hold', 'forget'),
  },
  'drops what became of outputs': {
    noticedBy: 'an outcome changes the status and note of a stored output, and is ignored if there is none',
    breaking: changing(({ outcomes, ...changes }) => changes),
  },
  'keeps the deadlines of an instance that has ended': {
    noticedBy: 'an instance that ends loses its deadlines, and its pending outputs are cancelled',
    breaking: (store, processes) => ({
      async commit(commit) {
        const { deadlines = [] } = await everything(processes);
        const outcome = await store.commit(commit);
        if (commit.process?.ends) await processes.schedule(NAME, deadlines);
        return outcome;
      },
    }),
  },
  'leaves the commands of an instance that has ended': {
    noticedBy: 'an instance that ends loses its deadlines, and its pending outputs are cancelled',
    breaking: changing(async ({ ends = [], ...changes }, processes) => {
      const { deadlines = [] } = await everything(processes);
      return { ...changes, clear: deadlines.filter(({ instance }) => ends.includes(instance)) };
    }),
  },
  'clears a deadline that was set anew': {
    noticedBy: 'clears a deadline, and ignores one that is not there or has another id',
    breaking: changing(({ clear = [], ...changes }) => ({
      ...{ ...changes, clear: clear.map(({ instance, key }) => ({ instance, key })) },
    })),
  },
  'clears after it has set': {
    noticedBy: 'clears a deadline before it sets deadlines',
    breaking: splitting('deadlines'),
  },
  'never moves a deadline': {
    noticedBy: 'moves a deadline that is set again',
    breaking: changing(async ({ deadlines = [], ...changes }, processes) => {
      const known = new Set((await processes.deadlines(NAME)).map(({ key }) => key));
      return { ...changes, deadlines: deadlines.filter(({ key }) => !known.has(key)) };
    }),
  },
  'holds only what was there before': {
    noticedBy: 'holds what comes with the same commit, and not what comes later',
    breaking: splitting('hold'),
  },
  'releases a deadline that is moved': {
    noticedBy: 'a held output is no longer held when it is not pending, and a held deadline that is moved stays held',
    breaking: changing(({ deadlines = [], ...changes }) => ({
      ...{ ...changes, deadlines, clear: deadlines.map(({ instance, key }) => ({ instance, key })) },
    })),
  },
  'forgets nothing that comes with the same commit': {
    noticedBy: 'forgets all of an instance, also what came with the same commit',
    breaking: splitting('forget'),
  },
  'returns notes as long as they are': {
    noticedBy: 'cuts notes to 4,000 characters, and replaces in them what no database takes',
    breaking: (_, processes) => ({
      processes: {
        inputs: async (...asked) =>
          (await processes.inputs(...asked)).map(each => ({ ...each, note: each.note?.padEnd(5000, 'x') })),
      },
    }),
  },
  'returns the latest first': {
    noticedBy: 'returns what is due and nothing else, the earliest first',
    breaking: due(found => [...found].reverse()),
  },
  'returns what is due later': {
    noticedBy: 'returns what is due and nothing else, the earliest first',
    breaking: (_, processes) => ({
      processes: { due: async () => ({ deadlines: await processes.deadlines(NAME), nextIn: undefined }) },
    }),
  },
  'sorts what is due at the same moment by key': {
    noticedBy: 'returns what is due at the same moment in the order in which it was first set',
    breaking: due(found => [...found].sort((one, other) => (one.key < other.key ? -1 : 1))),
  },
  'limits all segments together': {
    noticedBy: 'returns at most so many for each segment, the earliest',
    breaking: due((found, limit) => found.slice(0, limit)),
  },
  'knows one segment only': {
    noticedBy: 'finds the deadlines of segments by their hashes, whatever their number',
    breaking: (_, processes) => ({
      processes: {
        due: (segments, limit) =>
          processes.due(
            segments.map(({ process }) => ({ process, segments: 1, segment: 0 })),
            limit,
          ),
      },
    }),
  },
  'looks at a segment as often as it is named': {
    noticedBy: 'looks into segments of several processes at once, and at each only once',
    breaking: (_, processes) => ({
      processes: {
        async due(segments, limit) {
          const answers = await Promise.all(segments.map(segment => processes.due([segment], limit)));
          return { deadlines: answers.flatMap(({ deadlines }) => deadlines), nextIn: answers[0]?.nextIn };
        },
      },
    }),
  },
  'lets held deadlines come due': {
    noticedBy: 'leaves out what is held, until it is released',
    breaking: (_, processes) => ({
      processes: {
        async due(segments, limit) {
          const answer = await processes.due(segments, limit);
          const held = (await processes.deadlines(NAME)).filter(each => each.held && each.dueAt < Date.now());
          return { ...answer, deadlines: [...held, ...answer.deadlines] };
        },
      },
    }),
  },
  'does not say when the next one comes due': {
    noticedBy: 'says in how many milliseconds the next one comes due, of whatever segment',
    breaking: (_, processes) => ({
      processes: { due: async (...asked) => ({ ...(await processes.due(...asked)), nextIn: undefined }) },
    }),
  },
  'says something is due that is not': {
    noticedBy: 'a deadline is due after as many milliseconds as the store said, and not before',
    breaking: (_, processes) => ({
      processes: {
        async due(...asked) {
          const { deadlines, nextIn } = await processes.due(...asked);
          return { deadlines, nextIn: nextIn && 0 };
        },
      },
    }),
  },
  'sets a deadline anew that is scheduled twice': {
    noticedBy: 'changes nothing when a deadline is scheduled again with the same id',
    breaking: (_, processes) => ({
      processes: {
        async schedule(process, deadlines) {
          for (const { instance, key } of deadlines) await processes.unschedule(process, instance, key);
          await processes.schedule(process, deadlines);
        },
      },
    }),
  },
  'says it has unscheduled what was not there': {
    noticedBy: 'unschedules a deadline, and says whether it was there',
    breaking: (_, processes) => ({
      processes: {
        async unschedule(...place) {
          await processes.unschedule(...place);
          return true;
        },
      },
    }),
  },
  'begins each page at the first entry': {
    noticedBy: 'returns 100 inputs and outputs unless told otherwise, and the rest on the next pages',
    breaking: (_, processes) => ({
      processes: { inputs: (process, { after, ...page } = {}) => processes.inputs(process, page) },
    }),
  },
  'pages inputs of all statuses': {
    noticedBy: 'finds inputs by instance, segment and status, together',
    breaking: (_, processes) => ({
      processes: { inputs: (process, { status, ...page } = {}) => processes.inputs(process, page) },
    }),
  },
  'sends what is held': {
    noticedBy: 'finds outputs by instance, segment, status and whether they are held, together',
    breaking: (_, processes) => ({
      processes: { outputs: (process, { held, ...page } = {}) => processes.outputs(process, page) },
    }),
  },
  'sends what is of other segments': {
    noticedBy: 'finds outputs by instance, segment, status and whether they are held, together',
    breaking: (_, processes) => ({
      processes: { outputs: (process, { segment, ...page } = {}) => processes.outputs(process, page) },
    }),
  },
  'sorts deadlines by code units': {
    noticedBy: 'returns deadlines by instance and key, in the order of code points',
    breaking: (_, processes) => ({
      processes: {
        deadlines: async (...asked) =>
          [...(await processes.deadlines(...asked))].sort((one, other) =>
            `${one.instance} ${one.key}` < `${other.instance} ${other.key}` ? -1 : 1,
          ),
      },
    }),
  },
  'gives its own contents away': {
    noticedBy: 'no caller can change what it has handed in, and none what it was given',
    breaking: (_, processes) => {
      const contents = new Map<string, object>();
      return {
        processes: {
          outputs: async (...asked) =>
            (await processes.outputs(...asked)).map(output => {
              const content = contents.get(output.id) ?? structuredClone(output.content);
              contents.set(output.id, content);
              return { ...output, content };
            }),
        },
      };
    },
  },
  'takes malformed changes': {
    noticedBy: 'refuses a malformed process part of a commit, with all faults at once',
    breaking: store => ({
      commit: commit => store.commit(commit).catch(() => ({ ok: false, checkpoint: 0n, fenced: false })),
    }),
  },
  'says the first fault only': {
    noticedBy: 'refuses malformed arguments of its methods, with all faults at once',
    breaking: (_, processes) => ({
      processes: {
        inputs: (process, page) =>
          processes.inputs(process, page).catch(error => {
            throw Object.assign(error, { faults: error.faults.slice(0, 1) });
          }),
      },
    }),
  },
};
