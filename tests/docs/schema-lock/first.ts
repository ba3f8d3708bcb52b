import { Event } from 'eventuality';
import { z } from 'zod';

// #region first
@Event('customer.registered', { schema: z.object({ name: z.string() }) })
export class CustomerRegistered {
  constructor(readonly name: string) {}
}
// #endregion first
