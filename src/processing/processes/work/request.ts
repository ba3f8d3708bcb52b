import { newId } from '../../../messages';
import type { NewDeadline, StoredDeadline } from '../../../store';
import { hashOf } from '../../definition/sequence';

/** What the owner of an instance is asked to do with it. */
export type ProcessRequest =
  | { readonly kind: 'retry' | 'end'; readonly instance: string }
  | {
      readonly kind: 'discard';
      readonly instance: string;
      /** The first one that waits, all of them, or the event at a position, as text. */
      readonly which: string;
    }
  | {
      /** Handle the event at a position. */
      readonly kind: 'take';
      readonly instance: string;
      readonly position: string;
      /** The id of the input that it is, which tells the parts of a split event apart. */
      readonly input: string;
    };

/** Deadlines of this instance are requests, so the owner of the segment finds them among the deadlines. */
export const REQUESTS = '$request';

/** Returns a request as a deadline that is due at once. */
export const requested = (request: ProcessRequest): NewDeadline => {
  const id = newId();
  return {
    ...{ instance: REQUESTS, hash: hashOf(request.instance), key: id, id, run: 1, dueAt: 0, content: request },
  };
};

/** Tells whether a deadline is a request. */
export const isRequest = ({ instance }: StoredDeadline): boolean => instance === REQUESTS;
