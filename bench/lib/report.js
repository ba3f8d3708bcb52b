// Turns the rounds of a workload into figures, and the figures into a table.

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The ratio to a reference is taken round by round, because those two measurements lay side by side in time. */
export function summary(workload, contenders, absent) {
  const references = (workload.references ?? []).flatMap(id => contenders.find(contender => contender.id === id) ?? []);
  return {
    id: workload.id,
    title: workload.title,
    unit: workload.unit,
    references: references.map(({ id, title }) => ({ id, title })),
    contenders: contenders.map(({ id, title, versions, rounds }) => ({
      id,
      title,
      versions,
      median: median(rounds),
      lowest: Math.min(...rounds),
      highest: Math.max(...rounds),
      ratios: Object.fromEntries(references.map(reference => [reference.id, ratio(rounds, reference.rounds)])),
      rounds,
    })),
    absent,
  };
}

function ratio(rounds, references) {
  const ratios = rounds.map((value, round) => value / references[round]);
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

export function table({ id, title, unit, references, contenders, absent }) {
  const head = [unit, 'median', 'spread', ...references.map(reference => `x ${reference.title}`), 'versions'];
  const rows = contenders.map(contender => [
    contender.title,
    figure(contender.median),
    `${figure(contender.lowest)} .. ${figure(contender.highest)}`,
    ...references.map(({ id: reference }) => ratioText(contender.ratios[reference])),
    Object.entries(contender.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column].length)));
  const line = row =>
    row
      .map((cell, column) => (column === 0 || column === head.length - 1 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return [
    `${id}  ${title}`,
    line(head),
    ...rows.map(line),
    ...absent.map(({ title: missing, reason }) => `${missing}: not measured: ${reason}`),
  ].join('\n');
}

const ratioText = ({ median: middle, lowest, highest }) => `${middle.toFixed(2)} (${lowest.toFixed(2)}..${highest.toFixed(2)})`;

function figure(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  return value >= 1e4 ? `${(value / 1e3).toFixed(1)}k` : value.toFixed(value >= 100 ? 0 : 2);
}
