import { eventStoreContract } from 'eventuality/testing';
import { listStore } from './list-event-store';

for (const { name, run } of eventStoreContract({ open: listStore, restores: true })) test(name, run);
