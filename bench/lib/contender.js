import { fork } from 'node:child_process';

/** One contender of one workload, in its own process. */
export class Contender {
  rounds = [];

  constructor(workload, id, title) {
    this.id = id;
    this.title = title;
    this.process = fork(new URL('child.js', import.meta.url), [workload, id], { execArgv: ['--expose-gc', ...process.execArgv] });
  }

  /** Sends a request and resolves to its answer; what went wrong in the process is thrown here. */
  ask(request, details = {}) {
    return new Promise((resolve, reject) => {
      const exited = code => reject(new Error(`the process ended with code ${code}`));
      this.process.once('exit', exited);
      this.process.once('message', ({ answer, error }) => {
        this.process.off('exit', exited);
        if (error) reject(new Error(error));
        else resolve(answer);
      });
      this.process.send({ request, ...details });
    });
  }

  end() {
    if (this.process.connected) this.process.disconnect();
  }
}
