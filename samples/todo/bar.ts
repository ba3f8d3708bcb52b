import type { RebuildProgress } from 'eventuality/operations';

const WIDTH = 30;

/** Draws how a rebuild is getting on. */
export function bar({ done, total, secondsLeft }: RebuildProgress): string {
  const part = total === 0 ? 1 : done / total;
  const drawn = '#'.repeat(Math.floor(part * WIDTH)).padEnd(WIDTH, '.');
  const left = done < total && secondsLeft !== undefined ? `, ${Math.ceil(secondsLeft)} s left` : '';
  return `[${drawn}] ${String(Math.floor(part * 100)).padStart(3)}%  ${done} of ${total} events${left}`;
}
