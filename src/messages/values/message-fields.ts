import { instanceFrom } from '../envelopes/instance-from';
import { shownText } from '../faults/shown';
import type { ClassReference } from '../names/class-metadata';
import { messageMetadata, messageName } from '../names/names';
import { refuseHidden } from '../sealing/unstorable';
import { FieldsCodec } from './value-codec';

const known = new WeakMap<Function, FieldsCodec | null>();

/** Returns what converts the fields of a command's class; undefined if none of them has a codec. */
function fieldsOf(type: Function): FieldsCodec | undefined {
  let fields = known.get(type);
  if (fields === undefined) {
    const codecs = messageMetadata(type)?.codecs;
    fields = codecs ? new FieldsCodec(codecs, `the command '${shownText(messageName(type as ClassReference))}'`) : null;
    known.set(type, fields);
  }
  return fields ?? undefined;
}

/**
 * Returns what is stored of a command that is carried out later: its data, by the codecs of its class.
 * @throws UnstorableValueError for what a copy of its fields would lose, CodecFailedError
 */
export function storedContent(content: object, name: string): object {
  const fields = fieldsOf(content.constructor ?? Object);
  if (!fields) return content;
  refuseHidden(content, name);
  return fields.encode(content);
}

/**
 * Returns an instance of a command's class for what is stored of one, without calling its constructor.
 * @throws CodecFailedError
 */
export function revivedContent(type: ClassReference, data: object): object {
  const instance = instanceFrom(type, data);
  return fieldsOf(type)?.decodeInto(instance) ?? instance;
}
