import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { DataSource } from 'typeorm';
import { ENTITIES } from '../../dist/boot/entities.js';
import { describeTexts } from '../../dist/modules/messaging/texts/texts-schema.js';
import { describeSchema, readDescriptions } from './describe.js';

/*
 * `npm run schema` writes docs/schema.md from the entities, and the texts of messages into the schema of product files. No
 * database is needed.
 */
const dataSource = new DataSource({ type: 'postgres', entities: ENTITIES });
await dataSource.buildMetadatas();
const root = new URL('../../', import.meta.url);
writeFileSync(
  new URL('docs/schema.md', root),
  describeSchema(dataSource.entityMetadatas, readDescriptions(root)),
);

const products = fileURLToPath(new URL('products/schema/product.schema.json', root));
const schema = JSON.parse(readFileSync(products, 'utf8'));
schema.$defs.texts = describeTexts();
const style = await resolveConfig(products);
writeFileSync(products, await format(JSON.stringify(schema), { ...style, filepath: products }));
