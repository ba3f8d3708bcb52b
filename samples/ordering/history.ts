import type { ProcessHistory, ProcessStep, ProcessStepCommand } from 'eventuality/processes';

/** Puts what an instance received and decided into lines. */
export const historyLines = ({ instance, steps }: ProcessHistory): string[] => [
  `History of ${instance}:`,
  ...steps.flatMap(step => [`  ${stepLine(step)}`, ...step.commands.map(command => `    ${commandLine(command)}`)]),
];

const stepLine = ({ kind, name, status, note, error }: ProcessStep): string =>
  `${kind} ${name}: ${[status, note, error?.message].filter(Boolean).join(', ')}`;

const commandLine = ({ name, data, status, note }: ProcessStepCommand): string =>
  `sends ${name} ${JSON.stringify(data)}: ${[status, note].filter(Boolean).join(', ')}`;
