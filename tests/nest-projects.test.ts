import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packed } from './support/package';
import { until, within } from './support/waiting';

const run = promisify(execFile);
const root = join(__dirname, '..');

jest.setTimeout(180_000);

/** An application with a flow, and with events of @nestjs/cqrs that are stored. */
const MODULE = `
import { Body, Controller, Get, Injectable, Module, type OnApplicationShutdown, Post } from '@nestjs/common';
import { CqrsModule, EventBus, EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { Aggregate, AggregateRoot, CommandHandler, EventHandler, Flow, InMemoryEventStore, Projection, type ProjectionContext, type ReadModel } from 'eventuality';
import { EventualityModule, InjectReadModel } from 'eventuality/nestjs';
import { DurableEvents, EventualityCqrsModule } from 'eventuality/nestjs/cqrs';

class Open {
  constructor(readonly id: string) {}
}
class Opened {}
class Noted {
  constructor(readonly id: string) {}
}

@Aggregate('Door')
class Door extends AggregateRoot<Opened> {
  @CommandHandler(Open, { creates: true })
  open() {
    return new Opened();
  }
}

@Injectable()
class Book {
  readonly noted: string[] = [];
}

@Injectable()
@Projection('doors')
class Doors {
  constructor(private readonly book: Book) {}

  @EventHandler(Opened)
  opened(_: Opened, { event, documents }: ProjectionContext<{ id: string }>) {
    if (!this.book) throw new Error('Nest has not injected the book');
    documents.set(event.aggregateId, { id: event.aggregateId });
  }
}

@EventsHandler(Noted)
class Clerk implements IEventHandler<Noted> {
  constructor(private readonly book: Book) {}

  handle(event: Noted) {
    this.book.noted.push(event instanceof Noted ? event.id : 'none');
  }
}

@Controller('doors')
class DoorsController implements OnApplicationShutdown {
  constructor(
    private readonly flow: Flow,
    private readonly bus: EventBus,
    private readonly durable: DurableEvents,
    private readonly book: Book,
    @InjectReadModel(Doors) private readonly doors: ReadModel<{ id: string }>,
  ) {}

  @Post()
  async open(@Body() { id }: { id: string }) {
    await this.flow.dispatch(new Open(id));
    await this.bus.publish(new Noted(id));
  }

  @Get()
  async all() {
    await this.flow.processors.settled();
    await this.durable.processors.settled();
    return { doors: (await this.doors.find({})).items.map(({ id }) => id), noted: this.book.noted };
  }

  onApplicationShutdown() {
    console.log('shut down');
  }
}

@Module({
  imports: [
    CqrsModule.forRoot(),
    EventualityCqrsModule.forRoot(),
    EventualityModule.forRoot({ eventStore: new InMemoryEventStore() }),
    EventualityModule.forFeature([Door, Doors]),
  ],
  controllers: [DoorsController],
  providers: [Book, Doors, Clerk],
})
export class AppModule {}
`;

/** The projects that the command line of NestJS makes, and what it builds them with; ES modules not with webpack. */
const PROJECTS = [
  ['NestJS 11', '11', [], ['tsc', 'swc', 'webpack']],
  ['NestJS 12, ES modules', '12', ['--type=esm'], ['tsc', 'swc']],
  ['NestJS 12, CommonJS', '12', ['--type=cjs'], ['tsc', 'swc', 'webpack']],
] as const;

let workshop: string;
let tarball: string;

beforeAll(async () => {
  workshop = mkdtempSync(join(tmpdir(), 'eventuality-nest-'));
  tarball = await packed(workshop);
});

afterAll(() => rmSync(workshop, { recursive: true, force: true }));

const packagesOf = (folder: string): string[] =>
  readdirSync(folder).flatMap(name => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? readdirSync(join(folder, name)).map(part => `${name}/${part}`) : [name];
  });

/** Lets a project find the packages of several folders, those of the first before others. */
function linkAll(project: string, folders: readonly string[]): void {
  for (const folder of folders)
    for (const name of packagesOf(folder)) {
      const link = join(project, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      if (!existsSync(link)) symlinkSync(join(folder, name), link);
    }
}

/** Changes a file of a project. */
function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

/** Runs a project until it has answered, shuts it down as a platform does, and returns what it answered and printed. */
async function answered(project: string, command: readonly string[]): Promise<{ answer: unknown; printed: string }> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), NO_COLOR: '1' };
  const child = spawn(process.execPath, command, { cwd: project, env, detached: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (printed += text));
  const closed = once(child, 'close');
  try {
    const url = `http://127.0.0.1:${port}/doors`;
    const listens = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => child.exitCode !== null,
      );
    await until(listens, 'its start', 90_000);
    const headers = { 'content-type': 'application/json' };
    const posted = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ id: 'front' }) });
    const answer = { status: posted.status, ...((await (await fetch(url)).json()) as object) };
    process.kill(-child.pid!, 'SIGTERM');
    await within(20_000, 'it has ended', closed);
    return { answer, printed };
  } catch (error) {
    throw new Error(`It printed: ${printed}`, { cause: error });
  } finally {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  }
}

const ANSWER = { status: 201, doors: ['front'], noted: ['front'] };

describe.each(PROJECTS)('%s', (_, version, options, builders) => {
  const installed = join(__dirname, `nest-${version}/node_modules`);
  const nest = join(installed, '@nestjs/cli/bin/nest.js');
  if (!existsSync(nest)) {
    test.skip(`It is skipped: its command line is not installed. In tests/nest-${version} \`npm ci\` does it, as .ci/run does.`, () =>
      undefined);
    return;
  }
  const name = ['app', version, ...options.map(option => option.replace('--type=', ''))].join('-');
  let project: string;

  beforeAll(async () => {
    // What `nest new` calls, which asks questions.
    const schematics = join(installed, '@angular-devkit/schematics-cli/bin/schematics.js');
    const given = [`--name=${name}`, '--language=ts', '--package-manager=npm', ...options];
    await run(process.execPath, [schematics, '@nestjs/schematics:application', ...given], { cwd: workshop });
    project = join(workshop, name);
    mkdirSync(join(project, 'node_modules/eventuality'), { recursive: true });
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(project, 'node_modules/eventuality')]);
    linkAll(project, [installed, join(root, 'node_modules')]);
    writeFileSync(join(project, 'src/app.module.ts'), MODULE);
    edit(join(project, 'src/main.ts'), 'await app.listen', 'app.enableShutdownHooks();\n  await app.listen');
    // The tests of the project are not run.
    if (options[0] === '--type=esm') edit(join(project, 'tsconfig.json'), '"vitest/globals", ', '');
  });

  test.each(builders)('nest build with %s: the application answers, and shuts down', async builder => {
    await run(process.execPath, [nest, 'build', '--builder', builder], { cwd: project });
    const { answer, printed } = await answered(project, ['dist/main.js']);
    expect(answer).toEqual(ANSWER);
    expect(printed).toMatch(/shut down\n$/);
    expect(printed).not.toMatch(/error|warn/i);
  });

  test('nest start: the application answers, and shuts down', async () => {
    const { answer, printed } = await answered(project, [nest, 'start']);
    expect(answer).toEqual(ANSWER);
    expect(printed).toMatch(/shut down\n$/);
  });
});
