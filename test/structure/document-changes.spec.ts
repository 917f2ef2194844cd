import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Member = Record<string, unknown>;
interface Parts {
  paths: Record<string, Record<string, Member & { responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, { properties: Record<string, Member>; required: string[] }> };
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RELEASED = readFileSync('openapi/primary.json', 'utf8');

interface Places {
  released: string;
  documents: string;
  changelog: string;
}
interface Comparison {
  compareWithRelease: (places: Places) => { lines: string[]; unnamed: number };
}

/** A document that differs from the released one by this change. */
function write(change: (document: Parts) => void, changelog = ''): Places {
  const document = JSON.parse(RELEASED) as Parts;
  change(document);
  for (const [place, text] of Object.entries({ released: RELEASED, documents: JSON.stringify(document) })) {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, 'primary.json'), text);
  }
  writeFileSync(
    join(folder, 'changelog.md'),
    `# Changelog\n\n## Unreleased\n\n${changelog}\n\n## 0.1.0 - 2026-01-01\n`,
  );
  const place = (name: string) => join(folder, name);
  return { released: place('released'), documents: place('documents'), changelog: place('changelog.md') };
}

/** What the gate says of it. */
async function compare(...written: Parameters<typeof write>): Promise<{ code: number; lines: string[] }> {
  const path: string = '../../scripts/documents/compare-with-release.js';
  const { compareWithRelease } = (await import(path)) as Comparison;
  const { lines, unnamed } = compareWithRelease(write(...written));
  return { code: unnamed > 0 ? 1 : 0, lines };
}

/** As `compare`, by the program. */
async function run(...written: Parameters<typeof write>): Promise<{ code: number; lines: string[] }> {
  const options = Object.entries(write(...written)).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise<{ code: number; lines: string[] }>((done) => {
    const child = execFile(process.execPath, ['scripts/documents/changes.js', ...options], (_, stdout) => {
      done({ code: child.exitCode ?? -1, lines: stdout.trim().split('\n') });
    });
  });
}

const schema = ({ components }: Parts, name: string) => {
  const found = components.schemas[name];
  if (!found) throw new Error(`There is no ${name}`);
  return found;
};
const property = (document: Parts, name: string, member: string): Member => {
  const found = schema(document, name).properties[member];
  if (!found) throw new Error(`${name} has no ${member}`);
  return found;
};
const operation = ({ paths }: Parts, path: string, method: string) => {
  const found = paths[path]?.[method];
  if (!found) throw new Error(`There is no ${method} ${path}`);
  return found;
};

const LOGIN = 'primary POST /auth/login:';
const BREAKING: [string, string, (document: Parts) => void][] = [
  [
    'a removed field of a response',
    `${LOGIN} response 200 (SignedInDto) tenant slug: removed`,
    (document) => delete schema(document, 'TenantDto').properties.slug,
  ],
  [
    'a field that a response may leave out',
    `${LOGIN} response 200 (SignedInDto) user email: now optional`,
    (document) => schema(document, 'UserDto').required.splice(1, 1),
  ],
  [
    'another type in a response',
    `${LOGIN} response 200 (SignedInDto) expiresIn: number is now string`,
    (document) => (property(document, 'SignedInDto', 'expiresIn').type = 'string'),
  ],
  [
    'null in a response',
    `${LOGIN} response 200 (SignedInDto) refreshToken: string is now string or null`,
    (document) => (property(document, 'SignedInDto', 'refreshToken').type = ['string', 'null']),
  ],
  [
    'a new required member of a request',
    `${LOGIN} request captcha: new`,
    (document) => {
      schema(document, 'LoginDto').properties.captcha = { type: 'string' };
      schema(document, 'LoginDto').required.push('captcha');
    },
  ],
  [
    'a field that a request no longer takes',
    `${LOGIN} request tenantSlug: removed`,
    (document) => delete schema(document, 'LoginDto').properties.tenantSlug,
  ],
  [
    'a shorter text in a request',
    `${LOGIN} request password: maxLength 1024 is now 64`,
    (document) => (property(document, 'LoginDto', 'password').maxLength = 64),
  ],
  [
    'a request that no longer takes what it does not know',
    'primary PATCH /auth/me: request metadata public: no further members',
    (document) => (property(document, 'PublicMetadataChangeDto', 'public').additionalProperties = false),
  ],
  [
    'fewer values in a request',
    'primary POST /auth/authorize: request action: no longer view',
    (document) => {
      const action = property(document, 'AuthorizeDto', 'action');
      action.enum = (action.enum as string[]).filter((value) => value !== 'view');
    },
  ],
  [
    'a body that was optional',
    'primary POST /auth/logout: the body is required',
    (document) => ((operation(document, '/auth/logout', 'post').requestBody as Member).required = true),
  ],
  [
    'an operation that now needs a credential',
    `${LOGIN} needs a credential`,
    (document) => (operation(document, '/auth/login', 'post').security = [{ bearer: [] }]),
  ],
  [
    'a credential that is no longer accepted',
    'primary GET /auth/verify: no longer accepts apiKey',
    (document) => {
      const verify = operation(document, '/auth/verify', 'get');
      verify.security = (verify.security as object[]).filter((one) => !('apiKey' in one));
    },
  ],
  [
    'a header of a response that gateways read',
    'primary GET /auth/verify: response 204 header X-Auth-Client: removed',
    (document) => {
      const { headers } = operation(document, '/auth/verify', 'get').responses['204'] as { headers: Member };
      delete headers['X-Auth-Client'];
    },
  ],
  [
    'another operation id',
    `${LOGIN} operationId login is now signIn`,
    (document) => (operation(document, '/auth/login', 'post').operationId = 'signIn'),
  ],
  [
    'another success status',
    `${LOGIN} response 200: removed`,
    (document) => delete operation(document, '/auth/login', 'post').responses['200'],
  ],
  ['a removed operation', 'primary POST /auth/login: removed', ({ paths }) => delete paths['/auth/login']],
];

describe('the gate for changes of the documents', () => {
  it('passes what did not change', async () => {
    expect(await compare(() => undefined)).toEqual({ code: 0, lines: [] });
    expect(await run(() => undefined)).toEqual({ code: 0, lines: [''] });
  });

  it.each(BREAKING)('stops %s, and passes it once the changelog names it', async (_, line, change) => {
    const stopped = await compare(change);
    expect(stopped.code).toBe(1);
    expect(stopped.lines).toContain(`BREAKING  ${line}`);
    const named = stopped.lines.filter((text) => text.startsWith('BREAKING  '));
    const changelog = named
      .map((text) => `- ${text.replace('BREAKING  ', '').replaceAll(' ', '\n  ')}`)
      .join('\n');
    expect((await compare(change, changelog)).code).toBe(0);
  });

  it('fails as a program, which prints how many changes break clients', async () => {
    const [[, line, change]] = BREAKING as [(typeof BREAKING)[number]];
    const { code, lines } = await run(change);
    expect(code).toBe(1);
    expect(lines).toContain(`BREAKING  ${line}`);
    const count = lines.filter((text) => text.startsWith('BREAKING  ')).length;
    expect(lines.at(-1)).toMatch(new RegExp(`^${count} breaking changes: `));
  });

  it('is not passed by what the changelog says of an earlier release', async () => {
    const [[, line, change]] = BREAKING as [(typeof BREAKING)[number]];
    expect((await compare(change, line)).code).toBe(1);
    const names = [...(await compare(change)).lines].map((text) => text.replace('BREAKING  ', '')).join('\n');
    expect((await compare(change, `## 0.0.9 - 2025-01-01\n\n${names}`)).code).toBe(1);
    expect((await compare(change, names)).code).toBe(0);
  });

  it('passes a document of a new contract, and stops at one that is gone', async () => {
    const places = write(() => undefined);
    const added = join(places.documents, 'billing.json');
    writeFileSync(added, RELEASED);
    const path: string = '../../scripts/documents/compare-with-release.js';
    const { compareWithRelease } = (await import(path)) as Comparison;
    expect(compareWithRelease(places)).toEqual({ lines: ['compatible  billing: new'], unnamed: 0 });
    renameSync(added, join(places.released, 'billing.json'));
    expect(compareWithRelease(places)).toEqual({ lines: ['BREAKING  billing removed'], unnamed: 1 });
    rmSync(join(places.released, 'billing.json'));
  });

  it('passes what a client need not know, and prints it', async () => {
    const { code, lines } = await compare((document) => {
      schema(document, 'UserDto').properties.locale = { type: 'string' };
      schema(document, 'LoginDto').properties.captcha = { type: 'string' };
      property(document, 'LoginDto', 'password').maxLength = 4096;
      document.paths['/auth/new'] = { get: { responses: {} } };
    });
    expect(code).toBe(0);
    expect(lines).toContain('compatible  primary GET /auth/new: new');
    expect(lines).toContain(`compatible  ${LOGIN} request captcha: new`);
    expect(lines).toContain(`compatible  ${LOGIN} response 200 (SignedInDto) user locale: new`);
  });
});
