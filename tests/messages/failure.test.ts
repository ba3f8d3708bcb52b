import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { type FailureContext, newId, type RecordedEvent } from '../../src';
import { consoleLogger, reportFailure } from '../../src/messages';

const event: RecordedEvent = {
  id: newId(),
  aggregateName: 'Todo',
  aggregateId: 'a\n\u001b[31mred',
  name: 'TodoCreated',
  version: 1,
  position: 7n,
  payload: { secret: 'kept out of logs' },
  metadata: {},
  recordedAt: new Date(0),
  schemaVersion: 1,
} as unknown as RecordedEvent;
const context: FailureContext = { kind: 'listener', name: 'Audit.onCreated', event };
const error = new Error('the mail server is away');

function recordingLogger() {
  const lines: [object, string][] = [];
  const line = (details: object, message: string): void => void lines.push([details, message]);
  return { lines, error: line, warn: line };
}

test('the console shows the details also where a name has percent signs', () => {
  const written: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => done(void written.push(String(chunk))) });
  const console = jest.replaceProperty(globalThis, 'console', new Console(sink, sink));
  consoleLogger.error({ aggregateId: 'a' }, 'It failed at 100 %c.');
  consoleLogger.warn({ aggregateId: 'b' }, 'It is at 50 %.');
  console.restore();
  expect(written.join('')).toBe("It failed at 100 %c. { aggregateId: 'a' }\nIt is at 50 %. { aggregateId: 'b' }\n");
});

describe('reportFailure', () => {
  let printed: jest.SpyInstance;
  beforeEach(() => {
    printed = jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(() => printed.mockRestore());

  it('tells the logger which listener failed with which event, without its payload, in a form that JSON carries', () => {
    const logger = recordingLogger();
    reportFailure(error, context, { logger });
    const [[details, message]] = logger.lines as [[object, string]];
    expect(message).toBe(
      "The listener 'Audit.onCreated' failed with TodoCreated of Todo 'a\\n\\u001b[31mred', version 1.",
    );
    expect(details).toMatchObject({
      error,
      kind: 'listener',
      name: 'Audit.onCreated',
      event: { name: 'TodoCreated', version: 1 },
      position: '7',
    });
    expect(JSON.stringify(details)).not.toContain('secret');
  });

  it('says what follows from the failure', () => {
    const logger = recordingLogger();
    reportFailure(
      error,
      { kind: 'reactor', name: 'Mails', position: 9n, sequence: 'a' },
      { logger },
      "its sequence 'a' is parked",
    );
    expect(logger.lines).toEqual([
      [
        { error, kind: 'reactor', name: 'Mails', sequence: 'a', position: '9' },
        "The reactor 'Mails' failed; its sequence 'a' is parked.",
      ],
    ]);
  });

  it('calls the hook with the same error and context, also when the logger throws', () => {
    const onError = jest.fn();
    const logger = {
      error: () => {
        throw new Error('the disk is full');
      },
      warn: () => undefined,
    };
    reportFailure(undefined, context, { logger, onError });
    expect(onError.mock.calls).toEqual([[undefined, context]]);
    expect(printed).toHaveBeenCalledTimes(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('hook');
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook'))],
  ])('logs that the hook %s, and goes on', async (_, onError) => {
    reportFailure(error, context, { logger: recordingLogger(), onError });
    await new Promise(setImmediate);
    expect(printed.mock.calls).toEqual([
      ['The error hook failed while a failure was reported.', { error: new Error('hook') }],
    ]);
  });

  it('survives a console that throws', () => {
    printed.mockImplementation(() => {
      throw new Error('EPIPE');
    });
    expect(() => reportFailure(error, context, {})).not.toThrow();
  });
});
