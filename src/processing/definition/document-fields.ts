import { FieldsCodec, shownText } from '../../messages';
import type { EventProcessorDefinition } from './definition';

/** Returns what converts the fields of a projection's documents; undefined if none of them has a codec. */
export const fieldsOf = ({
  name,
  options: { codecs },
}: Pick<EventProcessorDefinition, 'name' | 'options'>): FieldsCodec | undefined =>
  codecs && new FieldsCodec(codecs, `the document of '${shownText(name)}'`);
