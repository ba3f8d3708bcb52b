/** Snapshots made by hand, for who has none: the latest of each stream, its state as JSON text, as a table would hold it. */
export class Snapshots {
  #latest = new Map();

  constructor(every) {
    this.every = every;
  }

  /** Keeps the state of an aggregate, if its stream has come to a multiple of `every` events. */
  take(id, version, state) {
    if (version % this.every === 0) this.#latest.set(id, { version, text: JSON.stringify(state) });
  }

  /** Returns the version of the snapshot and the state in it; undefined when there is none. */
  load(id) {
    const snapshot = this.#latest.get(id);
    return snapshot && { version: snapshot.version, state: JSON.parse(snapshot.text) };
  }

  version(id) {
    return this.#latest.get(id)?.version;
  }
}
