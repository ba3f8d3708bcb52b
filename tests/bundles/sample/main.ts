import { bootstrap, EventualityError } from 'eventuality';
import { postgres } from 'eventuality/postgres';
import { sqlite } from 'eventuality/sqlite';
import { MoveOrder, Orders, PlaceOrder, TotalOf } from './orders';

/** Calls what throws from a function of the application, so that the stack has to show it. */
async function placeAgain(dispatch: () => Promise<unknown>): Promise<unknown> {
  try {
    return await dispatch();
  } catch (error) {
    return error;
  }
}

async function main(): Promise<void> {
  const { SQLITE_FILE: file, EVENTUALITY_POSTGRES_URL: url } = process.env;
  const eventStore = file ? sqlite(file) : undefined;
  const flow = await bootstrap(Orders, { names: 'explicit', ...(eventStore && { eventStore }) });
  await flow.dispatch(new PlaceOrder('a', 5));
  await flow.dispatch(new PlaceOrder('b', 1));
  const moved = await flow.dispatch(new MoveOrder('a', 'b'));
  await flow.eventBus.drain();
  const refusal = await placeAgain(() => flow.dispatch(new PlaceOrder('a', 5)));
  const { code, stack } = refusal as EventualityError;
  const events = (await flow.eventStore.readAll()).map(({ name, payload }) => ({ name, payload }));
  const total = await flow.query(new TotalOf());
  await flow.close();
  let pool: string | undefined;
  if (url) {
    const store = postgres({ connectionString: url, schema: `bundle_${process.pid}` });
    pool = await store.readAll().then(
      page => `read ${page.length}`,
      error => `${error.code} ${error.message}`,
    );
    await store.close();
  }
  console.log(
    JSON.stringify({ moved: moved.succeeded, events, total, code, stack, is: EventualityError.is(refusal), pool }),
  );
}

main();
