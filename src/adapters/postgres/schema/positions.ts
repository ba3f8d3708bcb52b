import type { Database } from '../connection/database';
import { isForbidden } from '../connection/failures';
import { type Row, statement } from '../connection/statement';
import { PostgresPositionsError, PostgresSchemaOutdatedError } from '../errors';
import { DRAWN } from './function-parts';

/** Where the sequence of positions stands, and the events. */
interface Places {
  readonly drawn: bigint;
  readonly last: bigint;
}

/**
 * Makes sure that new events get positions after all others. The sequence is behind them where tables were restored or
 * replicated without it: events would go into old gaps then, where no subscriber looks any more. With `migrate: 'auto'`
 * the sequence is moved, else it is an error.
 * @throws PostgresPositionsError
 */
export async function checkPositions(database: Database): Promise<void> {
  const { names, migrate, logger } = database.settings;
  const places = await placesOf(database);
  if (!places || places.drawn >= places.last) return;
  if (migrate !== 'auto') throw new PostgresPositionsError(names, places);
  await move(database, places);
  const text =
    'The sequence of positions was behind the events, as after a restore without it, and was moved behind the last one.';
  logger.warn(
    { schema: names.schema, ...places },
    `${text} Rebuild projections that followed meanwhile: they may have missed events.`,
  );
}

/**
 * The events are looked at first: their positions were drawn before. Undefined where nothing is there yet, and nothing
 * is to be made.
 */
async function placesOf(database: Database): Promise<Places | undefined> {
  const { names, migrate } = database.settings;
  const last = `(select coalesce(max(position), 0) from ${names.of('events')})`;
  try {
    const question = `select ${last}, ${DRAWN} from ${names.of('positions')}`;
    const [row] = await database.ask(statement(question), []);
    return places(row!);
  } catch (error) {
    if (migrate === 'off' && error instanceof PostgresSchemaOutdatedError) return undefined;
    throw error;
  }
}

const places = ([last, drawn]: Row): Places => ({ last: BigInt(last!), drawn: BigInt(drawn!) });

/**
 * A transaction that has appended holds a lock on the streams until its end: behind this lock none is in the middle of
 * an append, and all they wrote is seen.
 */
async function move(database: Database, found: Places): Promise<void> {
  const { names } = database.settings;
  try {
    await database.transaction(async connection => {
      await connection.run(`lock table ${names.of('streams')} in share row exclusive mode`);
      await connection.run(names.movePositions);
    });
  } catch (error) {
    throw isForbidden(error) ? new PostgresPositionsError(names, found, error) : error;
  }
}
