import { type Finding, hasErrors, lineOf } from './findings';
import type { Outcome } from './outcome';

/** The version of the envelope of `--json`. */
const ENVELOPE_VERSION = 1;
const [FOUND_NOTHING, FOUND, WRONG_USE] = [0, 1, 2];

/** What is printed, and the exit code. */
export interface Report {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** Makes a report of an outcome: data on stdout, messages on stderr; with `--json` one envelope on stdout. */
export function reported({ findings, data, text, summary }: Outcome, json: boolean): Report {
  const exitCode = hasErrors(findings) ? FOUND : FOUND_NOTHING;
  if (json) return { out: envelope(exitCode === FOUND ? 'findings' : 'ok', data, findings), err: '', exitCode };
  const lines = [...together(findings).map(lineOf), summary].filter(line => line !== '');
  return { out: text === '' ? '' : `${text}\n`, err: lines.map(line => `${line}\n`).join(''), exitCode };
}

/** Makes a report of wrong use. */
export function refused(message: string, json: boolean): Report {
  const finding: Finding = { level: 'error', code: 'wrong-use', message };
  return json
    ? { out: envelope('wrong-use', {}, [finding]), err: '', exitCode: WRONG_USE }
    : { out: '', err: `${message}\n`, exitCode: WRONG_USE };
}

const envelope = (status: string, data: object, diagnostics: readonly Finding[]): string =>
  `${JSON.stringify({ version: ENVELOPE_VERSION, status, data, diagnostics }, undefined, 2)}\n`;

/** Makes one finding of several that say the same of several events. */
function together(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify({ ...finding, event: undefined });
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map(group => {
    const names = group.flatMap(({ event }) => event ?? []);
    return names.length > 1 ? { ...group[0]!, event: names.join(', ') } : group[0]!;
  });
}
