import { DataSource } from 'typeorm';
import { ACCOUNT_SECTIONS } from './export/account-sections.repository.js';
import { ACTIVITY_SECTIONS } from './export/activity-sections.repository.js';
import { EXPORTED_SEPARATELY, NOT_EXPORTED } from './export/section.js';

const SECTIONS = [...ACCOUNT_SECTIONS, ...ACTIVITY_SECTIONS];

interface Reference {
  table: string;
  constraint: string;
  target: string;
  on_delete: string;
}

/** Columns that link a row to a person, with or without a foreign key. */
const ABOUT_A_PERSON =
  /^(user_id|actor_id|subject_id|target_id|owner_id|.+_by|email|phone|address|user_agent|first_name|recipient_hash|identifier_hash)$/;

let dataSource: DataSource;

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
});

afterAll(() => dataSource.destroy());

const references = () =>
  dataSource.query<Reference[]>(
    `SELECT conrelid::regclass::text AS table, conname AS constraint, confrelid::regclass::text AS target,
       confdeltype AS on_delete
     FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
  );

/** Tables with such a column, and tables that refer to one of them by a foreign key other than the tenant's. */
async function tablesAboutPeople(): Promise<string[]> {
  const columns = await dataSource.query<{ table: string; column: string }[]>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema = 'public'`,
  );
  const found = new Set(
    columns.filter(({ column }) => ABOUT_A_PERSON.test(column)).map(({ table }) => table),
  );
  const all = await references();
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const { table, target } of all) if (found.has(target)) found.add(table);
  }
  return [...found].sort();
}

describe('the data stored about a person', () => {
  it('is in the archive, table by table, or left out for a reason', async () => {
    const exported = [...SECTIONS.flatMap(({ tables }) => tables), ...EXPORTED_SEPARATELY];
    const declared = [...new Set([...exported, ...Object.keys(NOT_EXPORTED)])].sort();
    expect(await tablesAboutPeople()).toEqual(declared);
  });

  it('is not both exported and left out, and each omission has a reason', () => {
    const exported = SECTIONS.flatMap(({ tables }) => tables);
    expect(Object.keys(NOT_EXPORTED).filter((table) => exported.includes(table))).toEqual([]);
    for (const reason of Object.values(NOT_EXPORTED)) expect(reason.length).toBeGreaterThan(20);
  });

  it('never keeps a person from being erased: each reference to one is deleted with them or set to null', async () => {
    const people = (await references()).filter(({ target }) => ['users', 'memberships'].includes(target));
    expect(people.length).toBeGreaterThan(8);
    const stuck = people.filter(({ on_delete }) => !['c', 'n'].includes(on_delete));
    expect(stuck).toEqual([]);
  });

  it('is selected by name: no section selects every column of a table, now and later', () => {
    expect(SECTIONS.filter(({ text }) => /\*(?!\))/.test(text.replaceAll('count(*)', '')))).toEqual([]);
  });
});
