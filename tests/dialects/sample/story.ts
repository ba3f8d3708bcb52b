import { bootstrap, EventualityError } from 'eventuality';
import { CompleteTodo, CreateTodo, OpenTodos, Todo, TodoModule, TodoViews } from './todo';

async function main() {
  const flow = await bootstrap(TodoModule);
  const outcomes = [
    await flow.dispatch(new CreateTodo('todo1', 'Buy milk')),
    await flow.dispatch(new CreateTodo('todo2', 'Buy bread')),
    await flow.dispatch(new CompleteTodo('todo1')),
    await flow.dispatch(new CompleteTodo('todo1')),
  ];
  await flow.eventBus?.drain();
  await flow.waitFor(outcomes[2]!.position!, { processors: [TodoViews] });
  const refusal = await flow.dispatch(new CompleteTodo('todo3')).catch(error => error);
  const todo = await flow.repository(Todo).load('todo2');
  const story = {
    outcomes: outcomes.map(({ events, succeeded, aggregateId, version }) => ({
      succeeded,
      aggregateId,
      version,
      events: events.map(({ name, schemaVersion, payload }) => [
        name,
        schemaVersion,
        payload,
        payload.constructor.name,
      ]),
    })),
    open: await flow.query(new OpenTodos()),
    completed: (await flow.readModel(TodoViews).find({ where: { completed: true } })).items,
    refusal: EventualityError.is(refusal) && refusal.code,
    loaded: { own: todo instanceof Todo, id: todo.id, version: todo.version, description: todo.description },
  };
  await flow.close();
  console.log(JSON.stringify(story));
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
