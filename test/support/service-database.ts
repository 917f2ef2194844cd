import { TestDatabase } from './test-database.js';

/** A migrated database for each file of the `service` project; the run removes it at its end. */
process.env.TEST_DATABASE_URL = (await TestDatabase.create()).url;
/** Specs read rows of every tenant. */
process.env.PGOPTIONS = '-c gatehouse.tenant=*';
