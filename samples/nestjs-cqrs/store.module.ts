import { Module } from '@nestjs/common';
import { postgres } from 'eventuality/postgres';
import { sqlite } from 'eventuality/sqlite';

export const STORE = 'event store';

/** In PostgreSQL when `DATABASE_URL` is given, else in a file. */
const openStore = () => {
  const { DATABASE_URL: connectionString, SHOP_FILE = 'shop.db' } = process.env;
  return connectionString ? postgres({ connectionString }) : sqlite(SHOP_FILE);
};

@Module({ providers: [{ provide: STORE, useFactory: openStore }], exports: [STORE] })
export class StoreModule {}
