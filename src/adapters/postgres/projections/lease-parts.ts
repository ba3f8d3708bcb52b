import { LEASE_TOLERANCE_MS } from '../../../store';
import type { StoreNames } from '../schema/names';

const after = (milliseconds: string): string => `clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
// A lease that holds for longer than its duration was written before the clock was set back: it has expired.
const inTime = `l.lease_until > clock_timestamp() and l.lease_until <= ${after(`(l.duration + ${LEASE_TOLERANCE_MS})`)}`;
const held = `l.owner is not null and ${inTime}`;
const left = 'ceil(extract(epoch from l.lease_until - clock_timestamp()) * 1000)';

/** The parts that statements about leases and members share; `l` is the lease or the member in all of them. */
export const leaseParts = (names: StoreNames) => ({
  /** A moment in so many milliseconds. */
  after,
  /** Whether a lease or a membership has not expired. */
  inTime,
  /** Whether a lease has an owner. */
  held,
  /** The milliseconds until it expires. */
  left,
  /** The states of the segments of a version. */
  segmentsOf: (projection: string, version: string): string => `select segment, coalesce(c.position, 0),
  case when l.held then l.owner end, case when l.held then l.free_in else 0 end,
  case when l.held then l.note end, l.owner is null and l.held is not null
from (select segment, position from ${names.of('checkpoints')} where projection = ${projection} and version = ${version}) c
full join (
  select l.segment, l.owner, l.note, ${held} as held, case when ${held} then ${left} else 0 end as free_in
  from ${names.of('leases')} l where projection = ${projection} and version = ${version}
) l using (segment)`,
});
