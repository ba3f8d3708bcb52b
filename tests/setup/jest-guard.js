const { execFileSync } = require('node:child_process');
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative } = require('node:path');

/** Longer than any test or hook may take (180 s). */
const SILENCE = 240_000;
/** How long after the last test jest may still be there; the server of the tests is ended in this time. */
const ENDING = 45_000;
const KILLED_AFTER = 10_000;
const KILLED = 'its process was killed';

/**
 * A reporter that lets nothing keep jest from ending. Test files run in processes of their own (`workerIdleMemoryLimit` in jest.config.ts sees to that);
 * where one of them starts and ends no test for too long, whether it waits or computes for ever, its process is killed: jest reports that file as failed and
 * goes on. Where something keeps jest itself alive after the last test, it is ended with an error.
 *
 * It is plain JavaScript: jest does not compile its reporters.
 */
class JestGuard {
  #rootDir;
  #silence;
  #ending;
  /** By the path of a test file that is running: what was last heard of it, and when. */
  #running = new Map();
  /** Where each process says which file it runs; see `tell-guard.ts`. */
  #folder = mkdtempSync(join(tmpdir(), 'eventuality-jest-'));

  constructor({ rootDir }, { silence = SILENCE, ending = ENDING } = {}) {
    this.#rootDir = rootDir;
    this.#silence = silence;
    this.#ending = ending;
    process.env.EVENTUALITY_JEST_GUARD = this.#folder;
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
    process.once('SIGTERM', () => this.#terminated());
  }

  onRunStart() {
    this.looking = setInterval(() => this.#look(), 500);
    this.looking.unref();
  }

  onTestFileStart({ path }) {
    this.#heard(path, 'it began');
  }

  onTestCaseStart({ path }, { title }) {
    this.#heard(path, `'${title}' began`);
  }

  onTestCaseResult({ path }, { title }) {
    this.#heard(path, `'${title}' ended`);
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
  }

  onRunComplete() {
    clearInterval(this.looking);
    // Where all is well this is not waited for.
    setTimeout(() => {
      this.#say(
        `jest does not end by itself, ${this.#ending / 1000} s after its last test; open: ${process.getActiveResourcesInfo()}`,
      );
      process.exit(1);
    }, this.#ending).unref();
  }

  #heard(path, where) {
    this.#running.set(path, { where, at: performance.now() });
  }

  #look() {
    for (const [path, { where, at }] of this.#running) {
      if (performance.now() - at < this.#silence) continue;
      this.#say(`${this.#named(path)} is ended: nothing was heard of it for ${this.#silence / 1000} s after ${where}.`);
      const pids = this.#processesOf(path);
      for (const pid of pids) killTree(pid);
      this.#heard(path, KILLED);
      // Jest reports the file when its process is gone. Where there is none it runs the tests itself, and cannot go on.
      setTimeout(() => this.#running.get(path)?.where === KILLED && process.exit(1), KILLED_AFTER).unref();
    }
  }

  #processesOf(path) {
    const pids = readdirSync(this.#folder).map(Number);
    return pids.filter(pid => pid !== process.pid && readFileSync(join(this.#folder, `${pid}`), 'utf8') === path);
  }

  /** What jest was doing is printed where it is ended from outside. */
  #terminated() {
    const files = Array.from(this.#running, ([path, { where, at }]) => {
      return `${this.#named(path)}, ${Math.round((performance.now() - at) / 1000)} s after ${where}`;
    });
    this.#say(`jest is ended from outside (SIGTERM). Running: ${files.join('; ') || 'no test file'}.`);
    for (const path of this.#running.keys()) for (const pid of this.#processesOf(path)) killTree(pid);
    // Another that listens, such as what ends the server, ends this process too.
    setTimeout(() => process.exit(143), process.listenerCount('SIGTERM') > 0 ? KILLED_AFTER : 0);
  }

  #named(path) {
    return relative(this.#rootDir, path);
  }

  #say(text) {
    process.stderr.write(`\nJest guard: ${text}\n`);
  }
}

/** Kills a process and all that it has started. */
function killTree(root) {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map(row => row.trim().split(/\s+/).map(Number));
  const tree = [root];
  for (const pid of tree) tree.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  for (const pid of tree) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

module.exports = JestGuard;
