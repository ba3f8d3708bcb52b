import type { Database } from '../connection/database';
import { isForbidden } from '../connection/failures';
import { type Row, statement } from '../connection/statement';
import { PostgresPositionsError, PostgresSchemaOutdatedError } from '../errors';
import { DRAWN } from './function-parts';

/** The positions of the sequence and of the last event. */
interface Places {
  readonly drawn: bigint;
  readonly last: bigint;
}

/**
 * Makes sure that new events get positions after all others. The sequence is behind them if tables were restored or
 * replicated without it: events would then fill old gaps that subscribers have passed. With `migrate: 'auto'` the
 * sequence is moved; otherwise it is an error.
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
 * The events are read first, because their positions were drawn before. Undefined if there are no tables yet, and none
 * are to be created.
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
 * A transaction that has appended holds a lock on the streams until its end. Under this lock no append is in progress,
 * and everything written before is visible.
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
