import { EventHandler, type Flow, type RecordedEvent } from 'eventuality';
import {
  cancel,
  type Deadline,
  DeadlineHandler,
  deadline,
  defineProcess,
  Ends,
  end,
  type ProcessContext,
  type ProcessDecisions,
  ProcessManager,
  Rejected,
  type RejectionContext,
  Starts,
  send,
} from 'eventuality/processes';
import { given, history } from 'eventuality/testing';
import { CompleteTodo, CreateTodo, holds, InvoicePaid, type Same, Todo, TodoCompleted, TodoCreated } from './todo';

const correlate = ({ aggregateId }: RecordedEvent): string => aggregateId;

@ProcessManager('right', { correlate, version: 2, segments: 4, startTwice: 'ignore', keep: '30d' })
class Right {
  count = 0;

  @Starts(TodoCreated)
  created({ description }: TodoCreated, { now, newId, event }: ProcessContext) {
    holds<Same<typeof event, RecordedEvent | undefined>>();
    return [
      deadline('late', { at: now }, { description }),
      send(new CreateTodo(newId(), ''), { undo: new CompleteTodo('', '') }),
    ];
  }

  @EventHandler(InvoicePaid)
  paid() {
    this.count++;
    return cancel('late');
  }

  @DeadlineHandler('late')
  late({ content }: Deadline<{ description: string }>) {
    return content ? end() : undefined;
  }

  @Rejected(CreateTodo)
  refused(command: CreateTodo, { error, undo }: RejectionContext) {
    return error ? undo() : send(command);
  }

  @Ends(TodoCompleted)
  completed() {}
}

// @ts-expect-error a process manager has no dependencies
@ProcessManager('dependent', { correlate })
class Dependent {
  constructor(readonly clock: { now(): number }) {}
}

// @ts-expect-error it says which instance an event is for
@ProcessManager('uncorrelated', {})
class Uncorrelated {}

// @ts-expect-error a key is text
@ProcessManager('numbered', { correlate: () => 7 })
class Numbered {}

@ProcessManager('listing', { correlate, sends: [CreateTodo, CompleteTodo, 'Remind'] })
class Listing {
  @Starts(TodoCreated)
  created(_: TodoCreated, { newId }: ProcessContext) {
    const reverse = { undo: new CompleteTodo('', '') };
    return [send(new CreateTodo(newId(), ''), reverse), send({ name: 'Remind', message: { id: 1 } }), end()];
  }

  @Rejected(CreateTodo)
  refused(command: CreateTodo, { error, undo }: RejectionContext) {
    return error ? [...undo(), cancel('late')] : send(command);
  }

  // What is no more than a decision is not known before it is made.
  decided(): ProcessDecisions {
    return send(new CompleteTodo('', ''));
  }
}

// @ts-expect-error a command that is not listed
@ProcessManager('unlisted', { correlate, sends: [CreateTodo] })
class Unlisted {
  @Starts(TodoCreated)
  created() {
    return [deadline('late', { in: 5 }), send(new CompleteTodo('', ''))];
  }
}

// @ts-expect-error the command that reverses is not listed
@ProcessManager('unlisted undo', { correlate, sends: [CreateTodo] })
class UnlistedUndo {
  @Starts(TodoCreated)
  created() {
    return send(new CreateTodo('', ''), { undo: new CompleteTodo('', '') });
  }
}

// @ts-expect-error a plain command with another name
@ProcessManager('unlisted name', { correlate, sends: ['Remind'] })
class UnlistedName {
  @Starts(TodoCreated)
  created() {
    return send({ name: 'Remnid', message: {} });
  }
}

// @ts-expect-error nothing at all is sent
@ProcessManager('silent', { correlate, sends: [] })
class Silent {
  @Starts(TodoCreated)
  created() {
    return send(new CreateTodo('', ''));
  }
}

// @ts-expect-error a command is listed by its class, or by its name
@ProcessManager('listing commands', { correlate, sends: [new CreateTodo('', '')] })
class ListingCommands {}

class Wrong {
  // @ts-expect-error the method takes another event
  @Starts(TodoCreated)
  starts(_event: InvoicePaid) {}

  // @ts-expect-error the method takes another event
  @Ends(TodoCreated)
  ends(_event: InvoicePaid) {}

  // @ts-expect-error the method takes another command
  @Rejected(CreateTodo)
  rejected(_command: CompleteTodo) {}

  // @ts-expect-error the method takes an event, and not a deadline
  @DeadlineHandler('late')
  late(_event: TodoCreated) {}

  // @ts-expect-error only a rejection can be undone
  @Starts(TodoCreated)
  undoing(_event: TodoCreated, { undo }: RejectionContext) {
    return undo();
  }

  // @ts-expect-error a promise is no decision
  @Starts(TodoCreated)
  async slow() {}

  // @ts-expect-error a command is no decision: it is sent
  @Rejected(CreateTodo)
  unsent(command: CreateTodo) {
    return command;
  }

  // @ts-expect-error a handler is a method
  @DeadlineHandler('late')
  field = '';
}

const plain = defineProcess({
  ...{ name: 'plain', correlate, state: { paid: false } },
  starts: { TodoCreated: () => deadline('late', { in: '30m' }) },
  on: {
    InvoicePaid: state => {
      state.paid = true;
      // @ts-expect-error a field that the state does not have
      state.payed = true;
      return [cancel('late'), end()];
    },
  },
  deadlines: { late: (state, { dueAt }) => (state.paid && dueAt ? [] : end()) },
  rejected: { CreateTodo: (_, __, { undo }) => undo() },
});

const wrongKeys = defineProcess({
  ...{ name: 'wrong keys', correlate, state: {} },
  // @ts-expect-error no such deadline is handled
  starts: { TodoCreated: () => deadline('later', { in: '30m' }) },
  // @ts-expect-error no such deadline is handled
  on: { InvoicePaid: () => [cancel('never'), end()] },
  deadlines: { late: () => end() },
});

const listing = defineProcess({
  ...{ name: 'listing', correlate, state: {}, sends: ['Remind', CreateTodo] },
  starts: { TodoCreated: () => [send({ name: 'Remind', message: { id: 1 } }), send(new CreateTodo('', '')), end()] },
  on: {
    // @ts-expect-error a plain command with another name
    InvoicePaid: () => send({ name: 'Remnid', message: { id: 1 } }),
  },
  // @ts-expect-error a command that is not listed
  deadlines: { late: () => [send(new CompleteTodo('', '')), end()] },
  rejected: { CreateTodo: (_, __, { undo }) => undo() },
});

const wrongReturns = defineProcess({
  ...{ name: 'wrong returns', correlate, state: {} },
  // @ts-expect-error a promise is no decision
  starts: { TodoCreated: async () => end() },
  // @ts-expect-error only a rejection can be undone
  on: { InvoicePaid: (_, __, { undo }) => undo() },
});

// @ts-expect-error no event starts it
const startless = defineProcess({ name: 'startless', correlate, state: {} });

declare const flow: Flow;
const found = flow.processManagers.of(plain).get('1');
holds<Same<NonNullable<Awaited<typeof found>>['state'], { paid: boolean }>>();
const instances = flow.processManagers.of(Right).find({ status: 'running' });
holds<Same<Awaited<typeof instances>['items'][number]['state'], Right>>();

async function tested(): Promise<void> {
  const process = given(history(Todo, '1', new TodoCreated('')))
    .process(Right)
    .whenDue('late', { instance: '1' });
  await process.then(end(), send(new CreateTodo('', '')), cancel('late'), deadline('late', { in: 5 }));
  await given()
    .process(plain)
    .whenRejected(new CreateTodo('', ''), { error: new Error('x'), done: [] })
    .thenNothing();
  // @ts-expect-error a process manager has no dependencies
  given().process(Dependent);
  // @ts-expect-error an event is no history
  given().process(Right).when(new TodoCreated(''));
  // @ts-expect-error a command is no decision
  await process.then(new CreateTodo('', ''));
  // @ts-expect-error an error is no text
  given().process(Right).whenRejected(new CreateTodo('', ''), { error: 'x' });
}

export {
  Dependent,
  found,
  instances,
  Listing,
  ListingCommands,
  listing,
  Numbered,
  Right,
  Silent,
  startless,
  tested,
  Uncorrelated,
  Unlisted,
  UnlistedName,
  UnlistedUndo,
  Wrong,
  wrongKeys,
  wrongReturns,
};
