// Puts the figures of a run into the docs: tables between markers in docs/figures, and a chart for each group of workloads.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { workloads } from './catalogue.js';
import { chart } from './chart.js';
import { groupOf } from './group.js';
import { table } from './report.js';

/** The figures that stand in the docs, a line for each workload: it is replaced when the workload was measured again. */
const FIGURES = new URL('../figures.json', import.meta.url);

/**
 * Replaces what stands between `<!-- bench:w5 -->` and `<!-- /bench:w5 -->`, for each group of which a workload was measured; figures of
 * its other workloads stay, with the run that they come from. Returns what was written.
 */
export function writeDocs(report, docs) {
  mkdirSync(new URL('charts/', docs), { recursive: true });
  const figures = withResults(JSON.parse(readFileSync(FIGURES, 'utf8')), report);
  const lines = Object.entries(figures).map(([id, result]) => `${JSON.stringify(id)}: ${JSON.stringify(result)}`);
  writeFileSync(FIGURES, `{\n${lines.join(',\n')}\n}\n`);
  const pages = readdirSync(new URL('figures/', docs)).filter(name => name.endsWith('.md'));
  return [...new Set(report.workloads.map(({ group }) => group))].flatMap(group => {
    const results = workloads.filter(each => groupOf(each) === group).flatMap(({ id }) => figures[id] ?? []);
    const name = pages.find(page => readFileSync(new URL(`figures/${page}`, docs), 'utf8').includes(startOf(group)));
    if (!name) throw new Error(`docs/figures has no place for ${group}: ${startOf(group)} ... ${endOf(group)}`);
    replace(new URL(`figures/${name}`, docs), group, section(group, results));
    writeFileSync(new URL(`charts/${group}.svg`, docs), chart(group, results));
    return [`docs/figures/${name}, ${group}`, `docs/charts/${group}.svg`];
  });
}

/** Without single rounds: the ratios are made of them already. */
function withResults(figures, report) {
  const all = { ...figures };
  for (const { server, ...result } of report.workloads) {
    const contenders = result.contenders.map(({ rounds, ...contender }) => contender);
    const absent = result.absent.map(({ stack, ...rest }) => rest);
    all[result.id] = { ...result, contenders, absent, run: runText(report, server) };
  }
  return Object.fromEntries(workloads.flatMap(({ id }) => (all[id] ? [[id, all[id]]] : [])));
}

function runText({ date, commit, node, cpu, load, rounds, quick }, server) {
  const where = [commit, `Node ${node}`, ...(server ? [server] : []), cpu].join(', ');
  return `${date.slice(0, 10)}, ${where}, load ${load} at the start, ${rounds} rounds${quick ? ', **a quick run: noisy**' : ''}.`;
}

const startOf = group => `<!-- bench:${group} -->`;
const endOf = group => `<!-- /bench:${group} -->`;

function replace(page, group, content) {
  const text = readFileSync(page, 'utf8');
  const [start, end] = [text.indexOf(startOf(group)) + startOf(group).length, text.indexOf(endOf(group))];
  if (end < start) throw new Error(`${page.pathname} has no end of ${group}: ${endOf(group)}`);
  writeFileSync(page, `${text.slice(0, start)}\n${content}\n${text.slice(end)}`);
}

function section(group, results) {
  const titles = results.map(({ title }) => title).join('; ');
  return [
    runsOf(results),
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

/** Says how the results were measured: once, if all were measured alike. */
function runsOf(results) {
  const runs = [...new Set(results.map(({ run }) => run))];
  if (runs.length === 1) return runs[0];
  const idsOf = run => results.filter(result => result.run === run).map(({ id }) => id);
  return runs.map(run => `- ${idsOf(run).join(', ')}: ${run}`).join('\n');
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
