/** Names one stream: the events of one aggregate. */
export interface StreamName {
  readonly aggregateName: string;
  readonly aggregateId: string;
}
