import { reportFailure } from '../messages';
import type { BufferedDocuments } from './buffered-documents';
import type { FollowerParts } from './follower-parts';

/**
 * Closes the documents of a page before its commit: what is written from here on is reported.
 * @throws LateWriteError when a handler has written something after it had ended: its event has failed
 */
export function closeWrites(documents: BufferedDocuments, { logger, observer }: FollowerParts): void {
  if (documents.lateWrite) throw documents.lateWrite.error;
  documents.close((error, event) => {
    const { position } = event;
    observer.failed(error, position);
    reportFailure(error, { kind: 'projection', name: documents.name, event, position }, { logger });
  });
}
