import sharp from 'sharp';
import { FormData } from 'undici';
import { answers as datixlab } from '../../src/contracts/datixlab/datixlab.answers.js';
import { answers as katixo } from '../../src/contracts/katixo/katixo.answers.js';
import { answers as primary } from '../../src/contracts/primary/primary.answers.js';
import { fillPlaceholders } from '../../src/contracts/shared/docs/page/fill-placeholders.js';
import { type AnswerReaders, type Memory, remember } from '../../src/contracts/shared/docs/page/memory.js';
import { operationAt } from '../../src/contracts/shared/docs/page/operation-at.js';
import type { Client, Reply } from '../support/client.js';
import { findSchemaFaults, type Schema } from '../support/conforms.js';
import { Inbox } from '../support/inbox.js';
import { type OpenApiDocument, operationsInPageOrder, type PlacedOperation } from '../support/openapi.js';
import { TOTP_STEP_SECONDS } from '../support/server.js';
import { type TestApp, useSharedApp } from '../support/test-app.js';

const FORM = 'application/x-www-form-urlencoded';

/** Documents whose examples the page completes, and how many operations each has at least. */
const WALKS: [string, number, AnswerReaders][] = [
  ['katixo', 16, katixo],
  ['primary', 21, primary],
  ['datixlab', 14, datixlab],
];
describe.each(WALKS)('the documentation page of %s, on an empty database', (name, least, readers) => {
  // As a newcomer has it: with every limit
  const t = useSharedApp({ THROTTLE_ENABLED: null });

  it('answers each example with success or the refusal it announces, from top to bottom', async () => {
    await new Walk(t).take(name, least, readers);
  });
});

describe('the documentation page', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });

  it('answers the examples of each contract likewise after those of the others', async () => {
    const walk = new Walk(t);
    for (const [name, least, readers] of WALKS) await walk.take(name, least, readers);
  });

  it('offers every contract in its selector, the complete one first', async () => {
    const { text } = await t.get('/docs');
    const [, listed = ''] = /data-documents="([^"]+)"/.exec(text) ?? [];
    const urls = (JSON.parse(listed.replaceAll('&quot;', '"')) as { url: string }[]).map(({ url }) => url);
    expect(urls).toEqual(['primary', 'katixo', 'datixlab'].map((name) => `openapi/${name}.json`));
    for (const url of urls) expect((await t.get(`/${url}`)).status).toBe(200);
  });

  it('loads nothing from elsewhere, and its policy says so', async () => {
    const page = await t.get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`script-src 'self'`);
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);

    const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    const files = addresses.filter((address) => !address.startsWith('data:'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      // Relative, for a proxy that serves the page below a path
      expect(file).toMatch(/^\.\/docs\//);
      const { status, headers } = await t.get(file.slice(1));
      expect({ file, status }).toEqual({ file, status: 200 });
      expect(headers['content-type']).toMatch(/^(text\/css|(text|application)\/javascript)/);
    }
  });

  it('loads what it reads of the answers of each contract, which imports nothing', async () => {
    const { text: page } = await t.get('/docs');
    const paths = [...page.matchAll(/&quot;answers&quot;:&quot;([^&]+)&quot;/g)].map(([, path = '']) => path);
    expect(paths).toEqual(['primary', 'katixo', 'datixlab'].map((name) => `docs/answers/${name}.answers.js`));
    for (const path of paths) {
      const { status, text, headers } = await t.get(`/${path}`);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(headers['content-type']).toMatch(/^(text|application)\/javascript/);
      expect(headers['cache-control']).toBe('no-cache');
      expect(text).toMatch(/\bexport const answers = /);
      expect(text).not.toMatch(/\bimport\b|\bfrom ["']/);
    }
  });

  it('finds every module its script imports', async () => {
    const open = ['/docs/page/start.js'];
    for (const path of open) {
      const { status, text } = await t.get(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      const imports = [...text.matchAll(/from ["']\.\/([\w-]+\.js)["']/g)].map(
        ([, name]) => `/docs/page/${name}`,
      );
      open.push(...imports.filter((imported) => !open.includes(imported)));
    }
    expect(open.length).toBeGreaterThan(2);
  });

  it('keeps what cannot change, and asks again for the rest', async () => {
    const page = await t.get('/docs');
    const bundle = /\/docs\/ui\/[^"]+\.js/.exec(page.text)?.[0] ?? '';
    expect((await t.get(bundle)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/docs', '/docs/page/start.js', '/openapi/primary.json']) {
      expect((await t.get(path)).headers['cache-control']).toBe('no-cache');
    }
  });

  it.each([
    '/docs/page/page.js',
    '/docs/page/page.html',
    '/docs/page/start.js.map',
    '/docs/page/..%2Fdocuments.js',
    '/docs/answers/contracts.js',
    '/docs/ui/package.json',
    '/openapi/none.json',
  ])('does not serve %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });
});

describe('without DOCS_ENABLED', () => {
  const t = useSharedApp({ DOCS_ENABLED: 'false' });

  it.each(['/docs', '/docs/page/start.js', '/openapi/primary.json'])('there is no %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });
});

/** One tab of a browser, which shows the contracts one after the other. */
class Walk {
  private memory: Memory = {};

  constructor(private readonly t: TestApp) {}

  async take(name: string, least: number, readers: AnswerReaders): Promise<void> {
    const client = this.t.client();
    const { body: document } = await client.get<OpenApiDocument>(`/openapi/${name}.json`);
    const operations = operationsInPageOrder(document);
    const reader = new Reader(client, new Inbox(this.t.client()), document, readers, this.memory);
    for (const operation of operations) {
      const { status, text, body } = await reader.execute(operation);
      const told = `${operation.method} ${operation.path}: ${status} ${text}`;
      const refusal = operation['x-refused-example'];
      if (refusal === undefined || status < 300) expect(told).toMatch(/: 2\d\d /);
      else expect(told).toContain(`"${refusal}"`);
      const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
      if (schema) expect(findSchemaFaults(document.components.schemas, schema, body)).toEqual([]);
    }
    expect(operations.length).toBeGreaterThanOrEqual(least);
    this.memory = reader.memory;
  }
}

/** Somebody who presses "Execute": sends the printed examples, as the page completes them. */
class Reader {
  constructor(
    private readonly client: Client,
    private readonly inbox: Inbox,
    private readonly document: OpenApiDocument,
    private readonly readers: AnswerReaders,
    public memory: Memory,
  ) {}

  async execute(operation: PlacedOperation): Promise<Reply> {
    const { accessToken } = this.memory;
    const signs = operation.security !== undefined && accessToken !== undefined;
    const printed = {
      url: urlOf(operation),
      headers: signs ? { authorization: `Bearer ${accessToken}` } : ({} as Record<string, string>),
      body: await bodyOf(operation, this.document),
    };
    const { url, body, headers } = await fillPlaceholders(printed, this.memory, (to) =>
      this.inbox.messages(to),
    );
    const form: Record<string, string> = isForm(operation) ? { 'content-type': FORM } : {};
    const reply = await this.client.send(operation.method, url, body, {
      token: null,
      headers: { ...headers, ...form },
    });
    const { id, parameters = {} } = operationAt(this.document.paths, operation.method, url) ?? {};
    expect(id).toBe(operation.operationId);
    if (reply.status < 300)
      this.memory = remember(this.memory, this.readers[id ?? ''], { body, parameters }, reply.body);
    if (id === 'enableTwoFactor' && !('otpauthUri' in (reply.body as object))) this.readQrCode();
    return reply;
  }

  /** It names the period of the codes, which only one contract shows as a text, too. */
  private readQrCode(): void {
    const { authenticator } = this.memory;
    if (!authenticator) return;
    this.memory = { ...this.memory, authenticator: { ...authenticator, stepSeconds: TOTP_STEP_SECONDS } };
  }
}

/** Swagger UI sends JSON where it may. */
const isForm = ({ requestBody: { content = {} } = { content: {} } }: PlacedOperation) =>
  content['application/json'] === undefined && content[FORM] !== undefined;

/** What Swagger UI shows in the fields of a form. */
function formOf({ properties = {}, required = [] }: Schema = {}): string {
  const form = new URLSearchParams();
  for (const [name, { example, enum: [only] = [] }] of Object.entries(properties)) {
    const value = example ?? (required.includes(name) ? only : undefined);
    if (typeof value === 'string') form.set(name, value);
  }
  return form.toString();
}

function urlOf({ path, parameters }: PlacedOperation): string {
  const query = new URLSearchParams();
  let url = path;
  for (const { name, in: place, schema } of parameters) {
    if (place === 'path') url = url.replace(`{${name}}`, schema.example ?? '');
    else if (schema.example !== undefined) query.set(name, schema.example);
  }
  return query.size > 0 ? `${url}?${query.toString()}` : url;
}

async function bodyOf({ requestBody }: PlacedOperation, document: OpenApiDocument): Promise<unknown> {
  if (!requestBody) return undefined;
  const json = requestBody.content['application/json'];
  if (json) return JSON.stringify(json.example);
  const fields = requestBody.content[FORM];
  if (fields) return formOf(document.components.schemas[fields.schema.$ref?.split('/').pop() ?? '']);
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'me.png');
  return form;
}
