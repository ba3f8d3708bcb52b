import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  EventHandler,
  InjectReadModel,
  InjectRepository,
  Projection,
  type ProjectionContext,
  type ReadModel,
  type Repository,
} from 'eventuality';
import { OrderCancelled, OrderCompleted } from './order';

/** Reports how the orders ended that ended on a day, such as `2026-01-05`. */
export class ReportDay {
  constructor(readonly day: string) {}
}

export class DayReported {
  constructor(
    readonly completed: number,
    readonly cancelled: number,
  ) {}
}

/** The report of a day. */
@Aggregate('Report')
export class Report extends AggregateRoot<DayReported> {
  made(completed: number, cancelled: number): this {
    this.apply(new DayReported(completed, cancelled));
    return this;
  }
}

interface DayCounts {
  readonly completed: number;
  readonly cancelled: number;
}

/** Counts by day how orders ended. */
@Projection('order-ends', { sequenceBy: 'all' })
export class OrderEnds {
  @EventHandler(OrderCompleted)
  completed(_: OrderCompleted, context: ProjectionContext<DayCounts>) {
    return this.count('completed', context);
  }

  @EventHandler(OrderCancelled)
  cancelled(_: OrderCancelled, context: ProjectionContext<DayCounts>) {
    return this.count('cancelled', context);
  }

  private async count(end: keyof DayCounts, { event, documents }: ProjectionContext<DayCounts>) {
    const day = event.recordedAt.slice(0, 10);
    const counts = (await documents.get(day)) ?? { completed: 0, cancelled: 0 };
    documents.set(day, { ...counts, [end]: counts[end] + 1 });
  }
}

export class Reporter {
  constructor(
    @InjectReadModel(OrderEnds) private readonly ends: ReadModel<DayCounts>,
    @InjectRepository(Report) private readonly reports: Repository<Report>,
  ) {}

  @CommandHandler(ReportDay)
  async report({ day }: ReportDay) {
    const { completed, cancelled } = (await this.ends.get(day)) ?? { completed: 0, cancelled: 0 };
    await this.reports.add(new Report(day).made(completed, cancelled));
  }
}
