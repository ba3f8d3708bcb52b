import { defineAggregate, defineReactor, Event, Flow, type HandlerContext, InMemoryEventStore } from 'eventuality';
import { CloseWithinHandlerError } from 'eventuality/errors';
import { SILENT } from '../support/logger';
import { pause } from '../support/waiting';

/** A flow in which every kind of handler may close it, at once or after it has awaited something. */
function closable(close: (flow: Flow) => Promise<unknown>, late: boolean, reactor = false) {
  const inHandler = async (): Promise<void> => {
    if (late) await pause(2);
    await close(flow);
  };
  const Thing = defineAggregate({
    name: 'Thing',
    state: {},
    commands: {
      Close: {
        creates: 'if-missing',
        decide: async (_, { id }) => {
          await inHandler();
          return Event({ aggregateId: id, name: 'Closed', payload: {} });
        },
      },
      Open: { creates: 'if-missing', decide: (_, { id }) => Event({ aggregateId: id, name: 'Opened', payload: {} }) },
    },
  });
  const failures: unknown[] = [];
  const flow: Flow = new Flow({
    eventStore: new InMemoryEventStore(),
    aggregates: [Thing],
    logger: SILENT,
    onError: error => failures.push(error),
    commandHandlers: { CloseByFunction: async () => Promise.all([inHandler()]).then(() => []) },
    ...(reactor ? {} : { listeners: { Opened: inHandler } }),
    processors: reactor ? [defineReactor({ name: 'closing', on: { Opened: inHandler } })] : [],
  });
  return { flow, failures };
}

const command = (name: string) => ({ name, message: { id: '1' } });

describe.each([
  ['at once', false],
  ['after an await', true],
])('close() that a handler awaits %s', (_, late) => {
  test.each(['Close', 'CloseByFunction'])(
    'is refused in %s, and the flow closes when the handler is done',
    async name => {
      const { flow } = closable(each => each.close(), late);
      await expect(flow.dispatch(command(name))).rejects.toBeInstanceOf(CloseWithinHandlerError);
      await flow.close();
      await expect(flow.dispatch(command('Open'))).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
    },
  );

  test('is refused in a listener', async () => {
    const { flow, failures } = closable(each => each.close(), late);
    await flow.dispatch(command('Open'));
    await pause(20);
    await flow.close();
    expect(failures).toEqual([expect.any(CloseWithinHandlerError)]);
  });
});

test('close() that a reactor awaits does not hang: the flow closes', async () => {
  const refused: unknown[] = [];
  const { flow } = closable(each => each.close().catch(error => refused.push(error)), true, true);
  await flow.processors.ready();
  await flow.dispatch(command('Open'));
  while (refused.length === 0) await pause(5);
  await flow.close();
  expect(refused).toEqual([expect.any(CloseWithinHandlerError)]);
});

test('close() that a handler calls without awaiting it closes the flow when the handler is done', async () => {
  const { flow } = closable(async each => void each.close(), true);
  expect((await flow.dispatch(command('Close'))).succeeded).toBe(true);
  await flow.close();
});

test('close() after a command that was awaited is no close within a handler', async () => {
  const { flow } = closable(async () => undefined, true);
  await flow.dispatch(command('Open')).then(() => flow.close());
});

test('a context that was kept refuses commands and queries after the flow was closed, as the flow does', async () => {
  let kept: HandlerContext | undefined;
  const flow = new Flow({
    eventStore: new InMemoryEventStore(),
    commandHandlers: {
      Keep(_, context: HandlerContext) {
        kept = context;
      },
    },
    queryHandlers: { Ask: () => 1 },
  });
  await flow.dispatch({ name: 'Keep', message: {} });
  await flow.close();
  await expect(kept!.dispatch({ name: 'Keep', message: {} })).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
  await expect(kept!.query({ name: 'Ask', message: {} } as never)).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
});
