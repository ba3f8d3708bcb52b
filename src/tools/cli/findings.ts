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

/** Returns a text with its line breaks and other control characters escaped: a name may have any. */
export const inLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Returns a finding in one line. */
export function lineOf({ level, event, field, message, fix }: Finding): string {
  const place = [event, field].filter(part => part !== undefined && part !== '').join(', ');
  return inLine(`${level}: ${place === '' ? '' : `${place}: `}${message}.${fix === undefined ? '' : ` ${fix}.`}`);
}

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'error');
