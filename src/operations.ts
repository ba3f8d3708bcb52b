// What `flow.processors` tells those who operate projections, reactors and processes: status, rebuilds, dead letters.
// See docs/operating-projections.md.

export type {
  EventProcessor,
  EventProcessors,
  EventProcessorStatus,
  Health,
  LastErrorStatus,
  Rebuild,
  RebuildProgress,
  SegmentStatus,
} from './processing';
export type { DeadLetter, ParkedSequence } from './store';
