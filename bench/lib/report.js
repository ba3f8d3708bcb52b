// Turns the rounds of a workload into figures, and the figures into a table.
import { groupOf } from './group.js';

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The ratio to a reference is taken round by round, because those two measurements lay side by side in time. */
export function summary(workload, contenders, absent) {
  const references = referencesOf(workload, contenders);
  return {
    id: workload.id,
    group: groupOf(workload),
    title: workload.title,
    unit: workload.unit,
    references: references.map(({ id, title }) => ({ id, title })),
    contenders: contenders.map(({ id, title, reference, versions, rounds, metrics, operations }) => ({
      id,
      title,
      versions,
      operations,
      median: median(rounds),
      lowest: Math.min(...rounds),
      highest: Math.max(...rounds),
      ratios: Object.fromEntries(references.map(column => [column.id, ratio(rounds, column.roundsFor(reference))])),
      metrics: medians(metrics),
      rounds,
    })),
    absent,
  };
}

/** Contenders that every other one is compared with, or (`ownReference`) one for each, which it names itself. */
function referencesOf({ references = [], ownReference }, contenders) {
  const roundsOf = id => contenders.find(contender => contender.id === id)?.rounds;
  const common = references.filter(roundsOf).map(id => {
    const { title } = contenders.find(contender => contender.id === id);
    return { id, title: `x ${title}`, roundsFor: () => roundsOf(id) };
  });
  return ownReference ? [...common, { id: 'own', title: ownReference, roundsFor: roundsOf }] : common;
}

function ratio(rounds, references) {
  if (!references) return undefined;
  const ratios = rounds.map((value, round) => value / references[round]);
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

const medians = metrics =>
  Object.fromEntries(Object.keys(metrics[0] ?? {}).map(name => [name, median(metrics.map(each => each[name]))]));

/** Of a quick run each row says how much was done in a round: too little for a figure that lasts. */
export function table({ id, title, unit, references, contenders, absent, quick }) {
  const hasVersions = contenders.some(contender => Object.keys(contender.versions).length > 0);
  const metrics = [...new Set(contenders.flatMap(contender => Object.keys(contender.metrics)))];
  const head = [
    unit,
    'median',
    'spread',
    ...(quick ? ['a round'] : []),
    ...metrics,
    ...references.map(reference => reference.title),
    hasVersions ? 'versions' : '',
  ];
  const rows = contenders.map(contender => [
    contender.title,
    figure(contender.median),
    `${figure(contender.lowest)} .. ${figure(contender.highest)}`,
    ...(quick ? [contender.operations === undefined ? '' : figure(contender.operations)] : []),
    ...metrics.map(name => (name in contender.metrics ? figure(contender.metrics[name]) : '')),
    ...references.map(({ id: reference }) => ratioText(contender.ratios[reference])),
    Object.entries(contender.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column].length)));
  const line = row =>
    row
      .map((cell, column) =>
        column === 0 || column === head.length - 1 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [
    `${id}  ${title}`,
    ...(rows.length > 0 ? [line(head), ...rows.map(line)] : []),
    ...absent.map(({ title: missing, reason }) => `${missing}: not measured: ${reason}`),
  ].join('\n');
}

const ratioText = ratios =>
  ratios ? `${ratios.median.toFixed(2)} (${ratios.lowest.toFixed(2)}..${ratios.highest.toFixed(2)})` : '';

export function figure(value) {
  if (Number.isInteger(value) && value < 1e4) return String(value);
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  return value >= 1e4 ? `${(value / 1e3).toFixed(1)}k` : value.toFixed(value >= 100 ? 0 : 2);
}
