import { fork } from 'node:child_process';

/** One contender of one workload, in its own process. */
export class Contender {
  rounds = [];
  metrics = [];

  constructor(workload, { id, title, reference }) {
    this.id = id;
    this.title = title;
    this.reference = reference;
    this.process = fork(new URL('child.js', import.meta.url), [workload.id, id], {
      execArgv: ['--expose-gc', ...(workload.execArgv ?? []), ...process.execArgv],
    });
  }

  async prepare(options) {
    this.versions = await this.#ask('prepare', options);
  }

  async round() {
    const { value, metrics, operations } = await this.#ask('round');
    this.operations = operations;
    this.rounds.push(value);
    this.metrics.push(metrics);
  }

  end() {
    if (this.process.connected) this.process.disconnect();
  }

  /** Sends a request and resolves to its answer; what went wrong in the process is thrown here. */
  #ask(request, details = {}) {
    return new Promise((resolve, reject) => {
      const exited = code => reject(new Error(`the process ended with code ${code}`));
      this.process.once('exit', exited);
      this.process.once('message', ({ answer, error }) => {
        this.process.off('exit', exited);
        if (error) reject(Object.assign(new Error(error.message), { stack: error.stack }));
        else resolve(answer);
      });
      this.process.send({ request, ...details });
    });
  }
}
