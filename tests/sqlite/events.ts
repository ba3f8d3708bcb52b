import type { ExpectedVersion, NewEvent, StreamAppend } from '../../src/store';
import { happened } from '../support/events';

export const to = (aggregateId: string, expected: ExpectedVersion = 'any', ...events: NewEvent[]): StreamAppend[] => [
  { stream: { aggregateName: 'Thing', aggregateId }, expected, events: events.length > 0 ? events : [happened()] },
];
