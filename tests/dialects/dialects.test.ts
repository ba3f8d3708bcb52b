import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMPILERS } from '../support/compilers';
import { builtDist, linkPackages } from '../support/package';

const run = promisify(execFile);
const root = join(__dirname, '../..');
const samples = join(__dirname, 'sample');
let workshop: string;

jest.setTimeout(60_000);

/**
 * The framework as it is published, for all: as `eventuality` in the node_modules of a folder outside of the project.
 */
beforeAll(async () => {
  workshop = mkdtempSync(join(tmpdir(), 'eventuality-dialects-'));
  const installed = join(workshop, 'node_modules/eventuality');
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  cpSync(await builtDist(), join(installed, 'dist'), { recursive: true });
  linkPackages(workshop, ['tsyringe', 'reflect-metadata']);
}, 120_000);

afterAll(() => rmSync(workshop, { recursive: true, force: true }));

const skipped = Object.entries(COMPILERS).filter(([, dialect]) => dialect.skipped);
for (const [name, dialect] of skipped)
  describe.skip(`${name} (${dialect.skipped})`, () => test('the sample runs', () => undefined));

describe.each(Object.entries(COMPILERS).filter(([, dialect]) => !dialect.skipped))(
  '%s',
  (name, { compile, leavesTypes }) => {
    const folder = () => join(workshop, name.replaceAll(/\W+/g, '-'));

    async function printed(script: string): Promise<unknown> {
      const { stdout } = await run(process.execPath, [join(folder(), `${script}.js`)], { cwd: workshop });
      return JSON.parse(stdout);
    }

    beforeAll(() => compile(samples, folder()));

    test('the sample runs and tells the same story', async () => {
      const created = (aggregateId: string, description: string) => ({
        succeeded: true,
        aggregateId,
        version: 1,
        events: [['todo.created', 2, { description }, 'TodoCreated']],
      });
      expect(await printed('story')).toEqual({
        outcomes: [
          created('todo1', 'Buy milk'),
          created('todo2', 'Buy bread'),
          { succeeded: true, aggregateId: 'todo1', version: 2, events: [['TodoCompleted', 1, {}, 'TodoCompleted']] },
          { succeeded: false, aggregateId: 'todo1', version: 2, events: [] },
        ],
        open: ['Buy bread'],
        completed: [{ description: 'Buy milk', completed: true }],
        refusal: 'AGGREGATE_NOT_FOUND',
        loaded: { own: true, id: 'todo2', version: 1, description: 'Buy bread' },
      });
    });

    test('a process manager hears of events, deadlines and rejected commands', async () => {
      expect(await printed('following-up')).toEqual({
        status: 'ended',
        state: {
          description: 'Buy milk',
          steps: ['true AGGREGATE_NOT_FOUND', 'renamed to Buy oat milk', 'late: Buy milk', 'completed'],
        },
      });
    });

    if (leavesTypes) {
      test('a decorator without an argument takes the type of the parameter', async () => {
        expect(await printed('inferred')).toEqual({ commands: ['CreateTodo'] });
      });
    } else {
      test('a decorator without an argument is a fault of the wiring, with its fix', async () => {
        const fault = (method: string) =>
          expect.stringMatching(
            new RegExp(
              `^Todo\\.${method} does not say which message it handles, .*Name the class in the decorator\\.$`,
            ),
          );
        expect(await printed('inferred')).toEqual({ faults: [fault('create'), fault('created')] });
      });
    }

    test('a constructor without type information is a fault for each parameter, by name, with its fix', async () => {
      const fault = (place: string) =>
        expect.stringMatching(
          new RegExp(
            `^Notifier: the ${place} has no type information\\. .*@injectable\\(\\); .*@inject\\(TheClass\\) .*useFactory\\.$`,
          ),
        );
      expect(await printed('untyped')).toEqual({
        faults: [fault("first constructor parameter 'mailer'"), fault("second constructor parameter 'second'")],
      });
    });

    test('a service in the constructor of an aggregate is a fault, also in that of its parent', async () => {
      expect(await printed('service')).toEqual({
        faults: [
          expect.stringMatching(/^Letter: the first constructor parameter 'mailer' is not handed on as the id/),
          expect.stringMatching(
            /^Parcel: the second constructor parameter 'mailer' of its parent Addressed would be undefined/,
          ),
        ],
      });
    });
  },
);
