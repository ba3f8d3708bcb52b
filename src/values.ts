// Codecs for value types, such as dates and money, in events, documents, state and commands. See docs/value-types.md.

export { bigintCodec, bytesCodec, codecOf, dateCodec, mapCodec, setCodec, urlCodec } from './messages';
export type { Codecs, ValueCodec } from './messages';
