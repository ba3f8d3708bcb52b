import { type Application, bootstrap } from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { VirtualClock } from 'eventuality/testing';
import { Fulfilment } from './fulfilment';
import { historyLines } from './history';
import { logging, type Print, silent } from './log';
import { OrderingModule } from './module';
import { ReportDay } from './report';

/** A deadline of an order, and when it is due, in milliseconds since 1970. */
interface Due {
  readonly name: string;
  readonly at: number;
}

/** A day in a shop whose time passes only when it is told to: the store and the flow have the same clock. */
export class ShopDay {
  #deadlines: readonly Due[] = [];

  private constructor(
    private readonly flow: Application,
    private readonly clock: VirtualClock,
    private readonly print: Print,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Begins at nine o'clock. @param file of SQLite */
  static async begin(file: string, print: Print, signal?: AbortSignal): Promise<ShopDay> {
    const clock = new VirtualClock('2026-01-05T09:00:00Z');
    const timed: Print = line => print(`${timeOf(clock.now())}  ${line}`);
    const flow = await bootstrap(OrderingModule, {
      ...{ eventStore: sqlite(file, { clock }), clock, middleware: [logging(timed)], logger: silent },
      scheduling: true,
    });
    flow.recurring('report', '0 18 * * *', ({ dueAt }) => new ReportDay(dueAt.toISOString().slice(0, 10)));
    await flow.processors.ready();
    return new ShopDay(flow, clock, timed, signal);
  }

  /** Carries out a command, and waits for what the process does because of it. */
  async does(command: object): Promise<void> {
    await this.flow.dispatch(command);
    await this.#settle();
  }

  /** Waits; stops at each deadline that comes due. @param time such as `09:30` */
  async until(time: string): Promise<void> {
    const end = Date.parse(`2026-01-05T${time}:00Z`);
    for (;;) {
      const next = this.#deadlines.find(({ at }) => at <= end);
      if (!next) break;
      this.clock.setTo(next.at);
      this.print(`deadline       ${next.name} is due`);
      await this.#settle();
    }
    this.clock.setTo(end);
    await this.#settle();
  }

  /** Returns what an order's process received and decided. */
  async history(orderId: string): Promise<string[]> {
    return historyLines(await this.flow.processManagers.of(Fulfilment).history(orderId));
  }

  end(): Promise<void> {
    return this.flow.close();
  }

  /** @throws if the signal is aborted */
  async #settle(): Promise<void> {
    this.signal?.throwIfAborted();
    await this.flow.processors.settled();
    const before = this.#deadlines;
    this.#deadlines = await this.#pending();
    const isIn = (list: readonly Due[], { name }: Due): boolean => list.some(each => each.name === name);
    for (const due of this.#deadlines)
      if (!isIn(before, due)) this.print(`deadline       ${due.name} is set to ${timeOf(due.at)}`);
    for (const due of before)
      if (!isIn(this.#deadlines, due) && due.at > this.clock.now())
        this.print(`deadline       ${due.name} is cancelled`);
  }

  /** Returns the deadlines of all orders that are not at their end, the next one first. */
  async #pending(): Promise<Due[]> {
    const processes = this.flow.processManagers.of(Fulfilment);
    const { items } = await processes.find({ status: 'running' });
    const histories = await Promise.all(items.map(({ instance }) => processes.history(instance)));
    return histories
      .flatMap(({ instance, deadlines }) =>
        deadlines.map(({ key, dueAt }) => ({ name: `${key} of ${instance}`, at: dueAt.getTime() })),
      )
      .sort((one, other) => one.at - other.at);
  }
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 16);
