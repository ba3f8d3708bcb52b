import { chmodSync, statSync } from 'node:fs';

const NOBODY = 65534;

type Permissions = readonly [path: string, mode: number];

/**
 * Runs a function while a file and its folder have other permissions. They do not bind the superuser, who becomes
 * nobody meanwhile.
 */
export async function withoutPrivileges<T>(file: Permissions, folder: Permissions, run: () => Promise<T>): Promise<T> {
  const before = [file, folder].map(([path]) => [path, statSync(path).mode] as const);
  const root = process.geteuid?.() === 0;
  for (const [path, mode] of [file, folder]) chmodSync(path, mode);
  if (root) process.seteuid!(NOBODY);
  try {
    return await run();
  } finally {
    if (root) process.seteuid!(0);
    for (const [path, mode] of before) chmodSync(path, mode);
  }
}
