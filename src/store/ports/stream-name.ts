/** Names one stream: the events of one aggregate. */
export interface StreamName {
  readonly aggregateName: string;
  readonly aggregateId: string;
}

/** Names a stream in one text; for checked names: NUL cannot occur in either part. */
export const streamKey = ({ aggregateName, aggregateId }: StreamName): string => `${aggregateName}\0${aggregateId}`;
