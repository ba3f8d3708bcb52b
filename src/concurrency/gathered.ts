import { setImmediate } from 'node:timers/promises';

/** The questions of one turn, by their keys, and what comes of them. */
interface Turn<Q, A> {
  readonly questions: Map<string, Q>;
  readonly answers: Promise<ReadonlyMap<string, Promise<A>>>;
}

/** Gathers the questions of one turn of the event loop and has them answered together; equal ones share an answer. */
export class Gathered<Q, A> {
  #turn: Turn<Q, A> | undefined;

  /** `answers` returns an answer for each question, in their order. */
  constructor(
    private readonly keyOf: (question: Q) => string,
    private readonly answers: (questions: readonly Q[]) => readonly Promise<A>[],
  ) {}

  /** Resolves to an answer that was looked for after the call; rejects with the error of this question. */
  async ask(question: Q): Promise<A> {
    this.#turn ??= this.#begin();
    const { questions, answers } = this.#turn;
    const key = this.keyOf(question);
    questions.set(key, question);
    return (await answers).get(key)!;
  }

  #begin(): Turn<Q, A> {
    const questions = new Map<string, Q>();
    return { questions, answers: this.#soon(questions) };
  }

  async #soon(questions: ReadonlyMap<string, Q>): Promise<ReadonlyMap<string, Promise<A>>> {
    await setImmediate();
    this.#turn = undefined;
    const answers = this.answers([...questions.values()]);
    return new Map(Array.from(questions.keys(), (key, place) => [key, answers[place]!]));
  }
}
