import type { EventCatalog, RecordedEvent } from '../../..';
import type { Finding } from '../findings';
import { messageOf } from '../wrong-use';
import type { LockFile } from './lock-file';

const A_TIME = '2000-01-01T00:00:00.000Z';

/** Finds locked samples that the code of today cannot read, or that its schemas refuse then. */
export function sampleFindings(lock: LockFile, catalog: EventCatalog): readonly Finding[] {
  return Object.entries(lock.events).flatMap(([event, { versions }]) =>
    Object.entries(versions).flatMap(([version, { sample }]) =>
      sample && catalog.reader ? replayed(stored(event, Number(version), sample), catalog) : [],
    ),
  );
}

function replayed(event: RecordedEvent, catalog: EventCatalog): readonly Finding[] {
  const place = { level: 'error', event: event.name } as const;
  try {
    return [catalog.reader!.read(event)].flat().flatMap(({ name, payload }): readonly Finding[] => {
      const schema = catalog.events.find(each => each.name === name)?.schema;
      const result = schema?.['~standard'].validate(payload);
      if (!result || !('issues' in result) || !result.issues) return [];
      const first = result.issues[0]!;
      const field = (first.path ?? []).map(key => String(typeof key === 'object' ? key.key : key)).join('.');
      const message = `the sample of version ${event.schemaVersion} is not what the schema of '${name}' accepts: ${first.message}`;
      return [{ ...place, code: 'sample-invalid', field, message, fix: 'Correct the steps that lead there' }];
    });
  } catch (error) {
    const message = `the sample of version ${event.schemaVersion} cannot be read: ${messageOf(error).replace(/\.$/, '')}`;
    return [{ ...place, code: 'sample-unreadable', message }];
  }
}

const stored = (name: string, schemaVersion: number, payload: object): RecordedEvent => ({
  ...{ id: '00000000-0000-7000-8000-000000000000', name, schemaVersion, payload },
  ...{ aggregateName: 'Sample', aggregateId: '1', version: 1, position: 1n, metadata: {} as RecordedEvent['metadata'] },
  recordedAt: A_TIME,
});
