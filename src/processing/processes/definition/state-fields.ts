import { FieldsCodec, shownText } from '../../../messages';
import { decodeState } from '../../../model';
import type { ProcessDefinition, ProcessOptions, ProcessParts } from './definition';

/** Converts the fields of the state of a process; undefined if none of them has a codec. */
export const stateFields = (name: string, { codecs }: Pick<ProcessOptions, 'codecs'>): FieldsCodec | undefined =>
  codecs && new FieldsCodec(codecs, `the state of '${shownText(name)}'`);

/** Returns a process whose state is stored by the codecs of its options. */
export function withCodecs(name: string, process: ProcessParts): ProcessParts {
  const fields = stateFields(name, process.options);
  if (!fields) return process;
  return {
    ...process,
    dataOf: state => fields.encode(process.dataOf(state)),
    filled: (fresh, data) => process.filled(fresh, fields.decode(data)),
  };
}

/** Returns a stored state as data, with the values of its fields. */
export function shownState({ name, process }: ProcessDefinition, stored: unknown): object {
  const data = decodeState(stored) as object;
  return stateFields(name, process.options)?.decode(data) ?? data;
}
