import { bootstrap, EventHandler, Module } from 'eventuality';
import {
  type Deadline,
  DeadlineHandler,
  deadline,
  Ends,
  type ProcessContext,
  ProcessManager,
  Rejected,
  type RejectionContext,
  Starts,
  send,
} from 'eventuality/processes';
import { CompleteTodo, CreateTodo, RenameTodo, Todo, TodoCompleted, TodoCreated, TodoRenamed } from './todo';

@ProcessManager('follow-up', {
  correlate: ({ aggregateId }) => aggregateId,
  sends: [CompleteTodo, RenameTodo],
  retry: { attempts: 1 },
})
class FollowUp {
  description = '';
  steps: string[] = [];

  @Starts(TodoCreated)
  created({ description }: TodoCreated) {
    this.description = description;
    return [send(new RenameTodo('missing', description)), deadline('late', { in: 50 }, { description })];
  }

  @Rejected(RenameTodo)
  unnamed(command: RenameTodo, { error, instance }: RejectionContext) {
    this.steps.push(`${command instanceof RenameTodo} ${error?.code}`);
    return send(new RenameTodo(instance, 'Buy oat milk'));
  }

  @EventHandler(TodoRenamed)
  renamed({ description }: TodoRenamed) {
    this.steps.push(`renamed to ${description}`);
  }

  @DeadlineHandler('late')
  late({ content }: Deadline<{ description: string }>, { instance }: ProcessContext) {
    this.steps.push(`late: ${content?.description}`);
    return send(new CompleteTodo(instance));
  }

  @Ends(TodoCompleted)
  completed() {
    this.steps.push('completed');
  }
}

@Module({ components: [Todo, FollowUp] })
class FollowUpModule {}

async function main(): Promise<void> {
  const flow = await bootstrap(FollowUpModule);
  await flow.processors.ready();
  await flow.dispatch(new CreateTodo('todo1', 'Buy milk'));
  const followUps = flow.processManagers.of(FollowUp);
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise(resolve => setTimeout(resolve, 10)))
    if ((await followUps.get('todo1'))?.status === 'ended') break;
  const { status, state } = (await followUps.get('todo1'))!;
  console.log(JSON.stringify({ status, state }));
  await flow.close();
}

void main();
