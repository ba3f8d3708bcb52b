import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { type EventCatalog, type EventualityConfig, eventCatalog } from '../../..';
import { type Finding, hasErrors } from '../findings';
import { type LoadedConfig, loadConfig } from '../load-config';
import type { Outcome } from '../outcome';
import { messageOf, WrongUse } from '../wrong-use';
import { EMPTY_LOCK, type LockFile, lockText, parsedLock } from './lock-file';
import { pastLock } from './past-lock';
import { changeFindings, pastFindings } from './rules';
import { sampleFindings } from './sample-replays';
import type { ValibotConverter } from './schema-shapes';
import { skeletons } from './skeletons';
import { storedEvents } from './stored-events';
import { eventsToday, nextLock, type Today, unlocked } from './today';

const LOCK_FILE = 'eventuality.events.json';

/** The options of the verbs of `schema`. */
export interface SchemaOptions {
  readonly config?: string;
  readonly against?: string;
  readonly store?: boolean;
  readonly writeUpcaster?: boolean;
}

interface Surroundings {
  readonly config: EventualityConfig;
  readonly catalog: EventCatalog;
  readonly today: Today;
  readonly file: string;
}

/** Writes the lock file, unless something that is locked has changed in a way that is not allowed. */
export async function lockEvents(options: SchemaOptions): Promise<Outcome> {
  const { catalog, today, file } = await surroundings(options);
  const past = await pastOf(file, options);
  const before = past ? past.lock : lockIn(file);
  const next = nextLock(before, catalog, today);
  const findings = [
    ...changeFindings(before, catalog, today),
    ...sampleFindings(next, catalog),
    ...(past?.findings ?? []),
    ...today.notes,
  ];
  const written = !hasErrors(findings);
  if (written) writeFileSync(file, lockText(next));
  const code = options.writeUpcaster ? skeletons(findings, before, catalog) : '';
  return {
    findings,
    data: { lock: file, written, events: today.events.size, ...(code && { skeletons: code }) },
    text: code,
    summary: written ? `${count(today)} locked in ${file}.` : `Nothing is locked: ${file} is as it was.`,
  };
}

/** Compares the code with the lock file, the lock file with an earlier one, and both with what is stored. */
export async function checkEvents(options: SchemaOptions): Promise<Outcome> {
  const { config, catalog, today, file } = await surroundings(options);
  if (!existsSync(file)) throw new WrongUse(`There is no lock file '${file}'. Write it: eventuality schema lock`);
  const before = lockIn(file);
  const changes = changeFindings(before, catalog, today);
  const wrong = new Set(changes.flatMap(({ level, event }) => (level === 'error' && event ? [event] : [])));
  const stale = unlocked(before, nextLock(before, catalog, today)).filter(({ event }) => !wrong.has(event!));
  const past = await pastOf(file, options);
  const stored = options.store ? await storedIn(config, catalog) : undefined;
  const findings = [
    ...changes,
    ...stale,
    ...(past ? [...past.findings, ...pastFindings(past.lock, before, options.against!)] : []),
    ...sampleFindings(before, catalog),
    ...(stored?.findings ?? []),
    ...today.notes,
  ];
  const code = options.writeUpcaster ? skeletons(findings, before, catalog) : '';
  return {
    findings,
    data: {
      lock: file,
      events: today.events.size,
      ...(stored && { stored: stored.kinds }),
      ...(code && { skeletons: code }),
    },
    text: code,
    summary: hasErrors(findings) ? '' : `${count(today)} as locked in ${file}.`,
  };
}

/** Returns the lock file of the ref that was asked for. */
async function pastOf(
  file: string,
  { against }: SchemaOptions,
): Promise<{ readonly lock: LockFile; readonly findings: readonly Finding[] } | undefined> {
  if (against === undefined) return undefined;
  const lock = await pastLock(file, against);
  if (lock) return { lock, findings: [] };
  const message = `'${against}' has no lock file '${basename(file)}' there, so nothing is compared with it`;
  const fix = 'Name a ref that has it, unless this is the first lock';
  return { lock: EMPTY_LOCK, findings: [{ level: 'warning', code: 'no-past-lock', message, fix }] };
}

const count = ({ events }: Today): string => (events.size === 1 ? '1 event is' : `${events.size} events are`);

async function surroundings(options: SchemaOptions): Promise<Surroundings> {
  const { config, file, folder } = await loadConfig(options.config);
  const catalog = catalogOf({ config, file, folder });
  const today = eventsToday(catalog, () => valibotConverter(file));
  return { config, catalog, today, file: resolve(folder, config.lock ?? LOCK_FILE) };
}

function catalogOf({ config, file }: LoadedConfig): EventCatalog {
  try {
    return eventCatalog(config);
  } catch (error) {
    throw new WrongUse(`'${file}' cannot be used: ${messageOf(error)}`);
  }
}

function lockIn(file: string): LockFile {
  if (!existsSync(file)) return EMPTY_LOCK;
  try {
    return parsedLock(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongUse(`The lock file '${file}' cannot be read: ${messageOf(error)}`);
  }
}

/** Found where the application is: it is a package of the application, not of the framework. */
function valibotConverter(config: string): ValibotConverter | undefined {
  try {
    const found = createRequire(config)('@valibot/to-json-schema') as { toJsonSchema: ValibotConverter };
    return found.toJsonSchema;
  } catch {
    return undefined;
  }
}

const nameOf = (value: unknown): string => (typeof value === 'object' && value ? 'something else' : String(value));

async function storedIn(config: EventualityConfig, catalog: EventCatalog) {
  if (!config.eventStore)
    throw new WrongUse('The config has no eventStore. Add: eventStore: () => postgres(process.env.DATABASE_URL)');
  const store = await Promise.resolve()
    .then(config.eventStore)
    .catch((error: unknown) => {
      throw new WrongUse(`The store cannot be opened: ${messageOf(error)}`);
    });
  if (typeof store?.readAll !== 'function' || typeof store.close !== 'function')
    throw new WrongUse(`'eventStore' of the config returned ${nameOf(store)}; it must return an event store.`);
  try {
    return await storedEvents(store, catalog);
  } finally {
    await Promise.resolve(store.close()).catch(() => undefined);
  }
}
