// Puts the figures of a run into the docs: tables between markers in docs/figures, and a chart for each group of workloads.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { workloads } from './catalogue.js';
import { chart } from './chart.js';
import { groupOf } from './group.js';
import { table } from './report.js';

/** Replaces what stands between `<!-- bench:w5 -->` and `<!-- /bench:w5 -->`; returns what was written and what was not. */
export function writeDocs(report, docs) {
  mkdirSync(new URL('charts/', docs), { recursive: true });
  const pages = readdirSync(new URL('figures/', docs)).filter(name => name.endsWith('.md'));
  const written = [];
  for (const [group, results] of groupsOf(report.workloads)) {
    if (results.length < workloads.filter(workload => groupOf(workload) === group).length) {
      written.push(`nothing for ${group}: only some of its workloads were run`);
      continue;
    }
    const name = pages.find(page => readFileSync(new URL(`figures/${page}`, docs), 'utf8').includes(startOf(group)));
    if (!name) throw new Error(`docs/figures has no place for ${group}: ${startOf(group)} ... ${endOf(group)}`);
    replace(new URL(`figures/${name}`, docs), group, section(report, group, results));
    writeFileSync(new URL(`charts/${group}.svg`, docs), chart(group, results));
    written.push(`docs/figures/${name}, ${group}`, `docs/charts/${group}.svg`);
  }
  return written;
}

const startOf = group => `<!-- bench:${group} -->`;
const endOf = group => `<!-- /bench:${group} -->`;

function replace(page, group, content) {
  const text = readFileSync(page, 'utf8');
  const [start, end] = [text.indexOf(startOf(group)) + startOf(group).length, text.indexOf(endOf(group))];
  if (end < start) throw new Error(`${page.pathname} has no end of ${group}: ${endOf(group)}`);
  writeFileSync(page, `${text.slice(0, start)}\n${content}\n${text.slice(end)}`);
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
  return [
    run,
    '',
    `![${titles}](../charts/${group}.svg)`,
    '',
    '```',
    results.map(tableOf).join('\n\n'),
    '```',
    '',
    versionsOf(results),
  ].join('\n');
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
