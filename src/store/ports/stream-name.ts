/** Names one stream: the events of one aggregate. */
export interface StreamName {
  readonly aggregateName: string;
  readonly aggregateId: string;
}

/**
 * Returns the name of a stream as one text, such as the key of a map. The names must have been checked: NUL separates
 * them.
 */
export const streamKey = ({ aggregateName, aggregateId }: StreamName): string => `${aggregateName}\0${aggregateId}`;
