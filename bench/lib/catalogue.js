// Finds workloads and contenders: each is one file, nothing else lists them. A workload's file may hold several, which differ by their `params`.
import { readdirSync } from 'node:fs';
import { groupOf } from './group.js';

const workloads = await modulesOf('workloads');
const contenders = await modulesOf('contenders');

export { workloads };

/** The contenders of a workload: those it brings itself, and every contender file that implements its group. */
export function contendersOf(workload) {
  const group = groupOf(workload);
  return [...(workload.contenders ?? []), ...contenders.filter(({ workloads: own }) => own?.[group])];
}

/** Makes what a workload drives. */
export function appOf(workload, contenderId, options) {
  const contender = contendersOf(workload).find(({ id }) => id === contenderId);
  return contender.workloads[groupOf(workload)](options);
}

async function modulesOf(folder) {
  const url = new URL(`../${folder}/`, import.meta.url);
  const files = readdirSync(url).filter(name => name.endsWith('.js'));
  const modules = await Promise.all(files.map(name => import(new URL(name, url))));
  return modules
    .flatMap(module => module.default)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || a.id.localeCompare(b.id));
}
