import { defineProjection, Flow, InMemoryEventStore } from 'eventuality';
import { Beats, Gathered } from '../../../src/concurrency';
import { to } from '../../support/events';
import { until } from '../../support/waiting';

/** Answers with the number of the look, and the question. */
function numbered(): { gathered: Gathered<string, string>; looks: string[][] } {
  const looks: string[][] = [];
  const gathered = new Gathered<string, string>(
    question => question,
    questions => {
      const look = looks.push([...questions]);
      return questions.map(async question => `${look}: ${question}`);
    },
  );
  return { gathered, looks };
}

test('what is asked for within one turn is answered together, and looked for after it was asked', async () => {
  const { gathered, looks } = numbered();
  const first = [gathered.ask('a'), gathered.ask('b')];
  expect(looks).toEqual([]);
  await Promise.resolve();
  expect(await Promise.all([...first, gathered.ask('a')])).toEqual(['1: a', '1: b', '1: a']);
  expect(await gathered.ask('c')).toBe('2: c');
  expect(looks).toEqual([['a', 'b'], ['c']]);
});

test('an answer that fails does so for those who asked for it, and none waits for the answers of others', async () => {
  const gathered = new Gathered<string, string>(
    question => question,
    questions =>
      questions.map(question => {
        if (question === 'bad') return Promise.reject(new Error('not today'));
        return question === 'slow' ? new Promise(() => undefined) : Promise.resolve(question);
      }),
  );
  const [bad, , good] = [gathered.ask('bad'), gathered.ask('slow'), gathered.ask('good')];
  await expect(bad).rejects.toThrow('not today');
  expect(await good).toBe('good');
});

test('a look that fails as a whole does so for all who shared it, and for no others', async () => {
  let looks = 0;
  const gathered = new Gathered<string, number>(
    question => question,
    questions => {
      if (++looks === 1) throw new Error('not today');
      return questions.map(async () => looks);
    },
  );
  const outcomes = await Promise.allSettled([gathered.ask('a'), gathered.ask('b')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await gathered.ask('a')).toBe(2);
});

test('all who wait for a beat are woken at once, and one that is aborted before', async () => {
  const beats = new Beats(20);
  const woken: string[] = [];
  const [staying, leaving] = [new AbortController(), new AbortController()];
  const waits = ['a', 'b'].map(name => beats.next(staying.signal).then(() => woken.push(name)));
  const left = beats.next(leaving.signal).then(() => woken.push('left'));
  leaving.abort();
  await left;
  expect(woken).toEqual(['left']);
  await waits[0];
  await Promise.resolve();
  expect(woken).toEqual(['left', 'a', 'b']);
  staying.abort();
  await beats.next(staying.signal);
});

test('the segments of a projection ask together what is parked', async () => {
  const store = new InMemoryEventStore();
  const { deadLetters } = store.projections;
  const asked = jest.spyOn(deadLetters, 'sequences');
  const segments = 32;
  const counts = defineProjection({ name: 'counts', segments, on: { Happened: () => undefined } });
  const flow = new Flow({ eventStore: store, processors: [counts] });
  await flow.processors.ready();
  await store.append([to('a', 'none')]);
  await flow.waitFor(1n);
  await until(
    async () => (await flow.processors.of('counts').status()).segments.length === segments,
    'all are followed',
  );
  // Where each asked for itself, 32 would come in each look.
  const before = asked.mock.calls.length;
  await until(async () => asked.mock.calls.length >= before + 3, 'three looks more');
  expect(asked.mock.calls.slice(before).every(([, segment]) => segment === undefined)).toBe(true);
  await flow.close();
});
