import { Event } from 'eventuality';
import { z } from 'zod';

// #region changed
@Event('customer.registered', {
  version: 2,
  schema: z.object({ name: z.string(), locale: z.string() }),
  upcast: {
    1: data => ({ ...data, locale: 'en' }),
  },
})
export class CustomerRegistered {
  constructor(
    readonly name: string,
    readonly locale: string,
  ) {}
}
// #endregion changed
