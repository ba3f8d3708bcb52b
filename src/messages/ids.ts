import { hash as digestOf, randomFillSync } from 'node:crypto';
import { integer } from './options/option-checks';
import { must, refuseArguments } from './options/options';

const VARIANT = ['8', '9', 'a', 'b'];
const HEX3 = Array.from({ length: 0x1000 }, (_, value) => value.toString(16).padStart(3, '0'));
/** The last six digits: the low part of the counter, and the three that are left to {@link derivedId}. */
const TAIL = HEX3.map(digits => `${digits}000`);
const DERIVED_LIMIT = 0x1000;
/** An id of {@link newId}: a UUID v7 whose last 12 bits are free. */
const OWN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{9}000$/;
/** Text that begins with a UUID v7 or v8. */
const TIMED = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

const pool = Buffer.alloc(4096);
let poolOffset = pool.length;
let lastTime = 0;
/** Everything but the counter: time and random bits of this millisecond. */
let fixedPart = '';
let high = 0;
let low = 0;
/** The fixed part and the high part of the counter: what 4,096 ids have in common. */
let head = '';

/**
 * Returns a UUID v7 (RFC 9562, section 5.7); the ids of a process ascend, also within a millisecond and when the clock
 * is set back. It has 48 bits of milliseconds, 26 random bits, a 36-bit counter that starts at a new random value in
 * each millisecond, and 12 zero bits for {@link derivedId}.
 */
export function newId(now: number = Date.now()): string {
  const time = Math.floor(now);
  if (time > lastTime) startMillisecond(time);
  else if (++low > 0xfff) startBlock();
  return head + TAIL[low];
}

/**
 * Returns the id derived from an id and an index (1 to 4,095): always the same for the same two. So work whose outcome
 * was lost can be repeated without writing anything twice. For an id made by {@link newId} only the last 12 bits
 * change; any other string and larger indices are hashed into a UUID v8 (RFC 9562, section 5.8). Text that begins with
 * a UUID v7 or v8 passes on its first 48 bits, the time, so that derived ids are close to each other in an index.
 * @throws InvalidOptionsError
 */
export function derivedId(id: string, index: number): string {
  if (typeof id !== 'string' || !(Number.isSafeInteger(index) && index > 0)) refuseFaults(id, index);
  if (index < DERIVED_LIMIT && OWN_ID.test(id)) return id.slice(0, 33) + HEX3[index];
  const hash = digestOf('sha256', `${id}\0${index}`, 'hex');
  const variant = VARIANT[Number.parseInt(hash[16]!, 16) & 3];
  const time = TIMED.test(id) ? id.slice(0, 13) : `${hash.slice(0, 8)}-${hash.slice(8, 12)}`;
  return `${time}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

const refuseFaults = (id: unknown, index: unknown): void =>
  refuseArguments('derivedId', {
    id: [id, must('text', value => typeof value === 'string')],
    index: [index, integer(1)],
  });

function startMillisecond(time: number): void {
  lastTime = time;
  const random = nextRandom();
  const hex = time.toString(16).padStart(12, '0');
  const variant = VARIANT[random[0]! & 3];
  fixedPart = `${hex.slice(0, 8)}-${hex.slice(8)}-7${HEX3[random.readUInt16BE(1) & 0xfff]}-${variant}${HEX3[random.readUInt16BE(3) & 0xfff]}-`;
  high = random.readUIntBE(5, 3) >>> 1;
  low = random.readUInt16BE(7) & 0x7ff;
  head = fixedPart + high.toString(16).padStart(6, '0');
}

function startBlock(): void {
  low = 0;
  if (++high > 0xffffff) startMillisecond(lastTime + 1);
  else head = fixedPart + high.toString(16).padStart(6, '0');
}

function nextRandom(): Buffer {
  if (poolOffset + 9 > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const taken = pool.subarray(poolOffset, poolOffset + 9);
  poolOffset += 9;
  return taken;
}
