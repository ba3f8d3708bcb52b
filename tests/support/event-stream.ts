import { type IncomingMessage, request } from 'node:http';

/** A client of an event stream (SSE). */
export interface EventStreamClient {
  /** The data that it has got. */
  readonly got: unknown[];
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  leave(): void;
}

/** Connects a client to an event stream. */
export async function connectedTo(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStreamClient> {
  const got: unknown[] = [];
  const asking = request(url, { headers });
  asking.end();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject);
  });
  answer.setEncoding('utf8').on('data', (text: string) => {
    for (const [, data] of text.matchAll(/^data: (.*)$/gm)) got.push(JSON.parse(data!));
  });
  answer.on('error', () => undefined);
  const ended = new Promise<void>(resolve => answer.once('close', () => resolve()));
  return { got, ended, leave: () => asking.destroy() };
}
