// Process managers: what happens because something happened, over days and across aggregates. See docs/processes.md.

// Decorators.
export { DeadlineHandler, Ends, ProcessManager, Rejected, Starts } from './decorators';

// Processes without classes, and what a process decides.
export { cancel, deadline, defineProcess, end, send } from './processing';
export type {
  Deadline,
  ProcessContext,
  ProcessDecision,
  ProcessDecisions,
  ProcessDefinition,
  ProcessOptions,
  ProcessSpecification,
  RejectionContext,
  RejectionReason,
} from './processing';

// Instances, to look at and to mend.
export type {
  PendingDeadline,
  ProcessHistory,
  ProcessInstance,
  ProcessInstancePage,
  ProcessQuery,
  ProcessStep,
  ProcessStepCommand,
} from './processing';
