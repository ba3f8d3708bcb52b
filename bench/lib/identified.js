// Commands with an id, and the same ones without, to streams that are long already: a handler that appends one event and loads nothing.
import { fill } from './fill.js';
import { describe } from './todo.js';

/** An application over a store; `kind` is how its commands are dispatched: `plain`, with an `id` of their own, or `repeated` with ids that were used. */
export async function identifiedCommands(store, { kind, streams }) {
  const { Event, Flow } = await import('../../dist/index.js');
  const rename = ({ stream, description }) =>
    Event({ aggregateName: 'Todo', aggregateId: `filled-${stream}`, name: 'TodoRenamed', payload: { description } });
  const flow = new Flow({ eventStore: store, commandHandlers: { Rename: rename } });
  const dispatch = (index, commandId) => {
    const stream = index % streams;
    const message = { stream, description: describe(`filled-${stream}`, index) };
    return flow.dispatch({ name: 'Rename', message }, commandId && { commandId });
  };
  return {
    async fill(events) {
      await fill(store, events, streams);
    },
    command: index => dispatch(index, kind === 'plain' ? undefined : `command ${index}`),
  };
}
