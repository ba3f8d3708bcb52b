/** What a verb has found. */
export interface Finding {
  /** Errors make the exit code 1; a warning is to be weighed, a note is to be known. */
  readonly level: 'error' | 'warning' | 'note';
  /** Stable, for programs. */
  readonly code: string;
  readonly event?: string;
  /** As in `lines[].price`. */
  readonly field?: string;
  readonly message: string;
  /** The first stored event that it was found at. */
  readonly stored?: StoredPlace;
  /** What to do. */
  readonly fix?: string;
}

/** Where an event is stored. */
export interface StoredPlace {
  /** As decimal text. */
  readonly position: string;
  readonly id: string;
  readonly aggregateName: string;
  readonly aggregateId: string;
  readonly version: number;
}

/** Returns a finding in one line. */
export function lineOf({ level, event, field, message, fix }: Finding): string {
  const place = [event, field].filter(part => part !== undefined && part !== '').join(', ');
  return `${level}: ${place === '' ? '' : `${place}: `}${message}.${fix === undefined ? '' : ` ${fix}.`}`;
}

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'error');
