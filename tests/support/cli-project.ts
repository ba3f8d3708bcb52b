import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtDist, linkPackages } from './package';

/** What a run of the command line has printed, and its exit code. */
interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const PACKAGES = ['eventuality', 'reflect-metadata', 'tsyringe', 'zod'];
const TOOLS = ['commander', 'jiti'];

/** A project of a user of the framework, in a folder of its own, with the command line as it is published. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'eventuality-cli-'));

  constructor(tools: readonly string[] = TOOLS) {
    linkPackages(this.folder, [...PACKAGES, ...tools]);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  async run(...args: readonly string[]): Promise<Run> {
    const main = join(await builtDist(), 'tools/cli/main.js');
    return new Promise(resolve => {
      execFile(process.execPath, [main, ...args], { cwd: this.folder }, (error, stdout, stderr) => {
        const code = error ? Number(error.code) : 0;
        // Folders differ from test to test.
        const told = (text: string): string => text.replaceAll(`${this.folder}/`, '');
        resolve({ code, out: told(stdout), err: told(stderr) });
      });
    });
  }

  git(...args: readonly string[]): void {
    const author = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org'];
    execFileSync('git', [...author, ...args], { cwd: this.folder, stdio: 'pipe' });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
