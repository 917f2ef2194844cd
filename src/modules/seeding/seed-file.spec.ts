import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockOf } from '../../../test/support/fenced-blocks.js';
import { ConfigError } from '../../config/config.js';
import { readSeed } from './seed-file.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gatehouse-seed-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const account = {
  ...{ id: '018f2d3c-0000-7000-8000-00000000a0ff', secret: 'cs_demo_build-server' },
  ...{ tenant: 'acme', name: 'Invoices' },
};
const person = { email: 'ada@example.com', firstName: 'Ada' };

it.each([
  ['{', 'is not JSON'],
  [Buffer.from('{"people": "Müller"}', 'latin1'), 'is not JSON: it is no text in UTF-8'],
  ['[]', '/ must be object'],
  [{ persons: [] }, '/persons is not known here: $schema, tenants, people'],
  [
    { people: [{ ...person, email: 'ada' }] },
    blockOf('docs/ci.md', '', 'mailbox').trim().replace('demo.json ', ''),
  ],
  [{ people: [{ email: 'ada@example.com' }] }, '/people/0/firstName is missing. Example: "firstName": "Ada"'],
  [{ people: [person, person] }, '/people/1/email is that of /people/0'],
  [
    { serviceAccounts: [account, { ...account, id: account.id.toUpperCase(), secret: 'cs_another_secret' }] },
    '/serviceAccounts/1/id is that of /serviceAccounts/0',
  ],
  [
    { people: [{ ...person, memberships: [{ tenant: 'x', role: 'admin' }] }] },
    '/people/0/memberships/0/tenant is the slug of no tenant',
  ],
  [
    { oneTimeCodes: [{ numbers: '12xx', code: '123456' }] },
    '/oneTimeCodes/0/numbers must match format "number-range". Example: "numbers": "+9199999000xx"',
  ],
  [
    { apiKeys: [{ key: 'sk_live_short', email: 'a@b.example', tenant: 'x', name: 'K' }] },
    '/apiKeys/0/key must have the form',
  ],
])('refuses %j, and says where the mistake is', (content, told) => {
  const file = join(folder, 'seed.json');
  writeFileSync(
    file,
    typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
  );
  expect(() => readSeed(file)).toThrow(ConfigError);
  expect(() => readSeed(file)).toThrow(told);
});

it('refuses a file that is not there, by its name', () => {
  expect(() => readSeed(join(folder, 'none.json'))).toThrow(/none\.json cannot be read \(ENOENT\)/);
});
