import { sealPayload } from '../../../messages';

/**
 * Seals a document without the prototype of its class, so that every store returns it alike.
 * @throws UnstorableValueError
 */
export function plainDocument(document: object, name: string): object {
  const sealed = sealPayload(document, name);
  return Object.getPrototypeOf(sealed) === Object.prototype ? sealed : sealPayload({ ...sealed }, name);
}
