import { writeFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { ENTITIES } from '../../dist/boot/entities.js';
import { describeSchema, readDescriptions } from './describe.js';

/* `npm run schema` writes docs/schema.md from the entities. No database is needed. */
const dataSource = new DataSource({ type: 'postgres', entities: ENTITIES });
await dataSource.buildMetadatas();
const root = new URL('../../', import.meta.url);
writeFileSync(
  new URL('docs/schema.md', root),
  describeSchema(dataSource.entityMetadatas, readDescriptions(root)),
);
