// Puts the figures of a run into the docs: tables between markers in performance.md, and a chart for each group of workloads.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { workloads } from './catalogue.js';
import { chart } from './chart.js';
import { groupOf } from './group.js';
import { table } from './report.js';

/** Replaces what stands between `<!-- bench:w5 -->` and `<!-- /bench:w5 -->`; returns what was written and what was not. */
export function writeDocs(report, docs) {
  mkdirSync(new URL('charts/', docs), { recursive: true });
  const page = new URL('performance.md', docs);
  let text = readFileSync(page, 'utf8');
  const written = [];
  for (const [group, results] of groupsOf(report.workloads)) {
    if (results.length < workloads.filter(workload => groupOf(workload) === group).length) {
      written.push(`nothing for ${group}: only some of its workloads were run`);
      continue;
    }
    const [start, end] = [`<!-- bench:${group} -->`, `<!-- /bench:${group} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for ${group}: ${start} ... ${end}`);
    text = `${text.slice(0, from + start.length)}\n${section(report, group, results)}\n${text.slice(to)}`;
    writeFileSync(new URL(`charts/${group}.svg`, docs), chart(group, results));
    written.push(`docs/performance.md, ${group}`, `docs/charts/${group}.svg`);
  }
  writeFileSync(page, text);
  return written;
}

function groupsOf(results) {
  const groups = new Map();
  for (const result of results) groups.set(result.group, [...(groups.get(result.group) ?? []), result]);
  return groups;
}

function section({ date, node, cpu, load, rounds, quick }, group, results) {
  const servers = [...new Set(results.flatMap(({ server }) => server ?? []))].map(server => `, ${server}`).join('');
  const run = `${date.slice(0, 10)}, Node ${node}${servers}, ${cpu}, load ${load} at the start, ${rounds} rounds${quick ? ', **a quick run: noisy**' : ''}.`;
  const titles = results.map(({ title }) => title).join('; ');
  return [run, '', `![${titles}](charts/${group}.svg)`, '', '```', results.map(tableOf).join('\n\n'), '```', '', versionsOf(results)].join(
    '\n',
  );
}

/** The versions are the same in each table of a group: they stand below, once. */
const tableOf = result =>
  [
    table({ ...result, contenders: result.contenders.map(contender => ({ ...contender, versions: {} })) }),
    ...(result.note ? [result.note] : []),
  ].join('\n');

function versionsOf(results) {
  const all = results.flatMap(({ contenders }) => contenders.flatMap(({ versions }) => Object.entries(versions)));
  return `Versions: ${[...new Set(all.map(([name, version]) => `${name} ${version}`))].join(', ')}.`;
}
