import { sealPayload } from '../../../messages';

/**
 * Seals a document, without the prototype of its class: it looks the same from every store. @throws
 * UnstorableValueError
 */
export function plainDocument(document: object, name: string): object {
  const sealed = sealPayload(document, name);
  return Object.getPrototypeOf(sealed) === Object.prototype ? sealed : sealPayload({ ...sealed }, name);
}
