import { FieldsCodec } from '../../messages';
import type { EventProcessorDefinition } from './definition';

/** Returns what converts the fields of a projection's documents; undefined if none of them has a codec. */
export const fieldsOf = ({ options: { codecs } }: EventProcessorDefinition): FieldsCodec | undefined =>
  codecs && new FieldsCodec(codecs);
