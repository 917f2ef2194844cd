import sharp from 'sharp';
import { FormData } from 'undici';
import { fillPlaceholders, type Memory, remember } from '../../src/contracts/shared/docs/page/journey.js';
import type { Client, Reply } from '../support/client.js';
import { findSchemaFaults } from '../support/conforms.js';
import { Inbox } from '../support/inbox.js';
import { type OpenApiDocument, operationsInPageOrder, type PlacedOperation } from '../support/openapi.js';
import { TOTP_STEP_SECONDS } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';

/** Documents whose examples the page completes, and how many operations each has at least. */
const WALKS: [string, number][] = [
  ['primary', 21],
  ['datixlab', 14],
];
/** The examples that cannot succeed on a walk, and say why. */
const REFUSED: Record<string, RegExp> = {
  // A founder cannot leave what nobody else could lead
  leaveOrganisation: /: 409 .*last_owner/,
  // One message in a while, and the walk is quicker
  resendInvitation: /: 429 .*message_limit_exceeded/,
  resendVerification: /: 429 .*message_limit_exceeded/,
  // There is a temp token once somebody signs in again, above, with two-factor authentication on
  verifyTwoFactor: /: 401 .*temp_token_invalid/,
  // Nobody trusts a device in the middle of a walk that is signed in
  forgetTrustedDevice: /: 404 .*not_found/,
  // And one who has a colleague does not delete the account, so there is no way back to open
  deleteMe: /: 409 .*last_owner/,
  restoreAccount: /: 400 .*restoration_token_invalid/,
  // Nobody changed the address of an account
  revertEmailChange: /: 400 .*email_revert_token_invalid/,
};

describe('the documentation page', () => {
  // As a newcomer has it: with every limit
  const t = createTestApp({ THROTTLE_ENABLED: null });

  it.each(WALKS)('answers each example of %s with success, from top to bottom', async (name, least) => {
    const client = t.client();
    const { body: document } = await client.get<OpenApiDocument>(`/openapi/${name}.json`);
    const operations = operationsInPageOrder(document);
    const reader = new Reader(client, new Inbox(t.client()));

    for (const operation of operations) {
      const { status, text, body } = await reader.execute(operation);
      const told = `${operation.method} ${operation.path}: ${status} ${text}`;
      expect(told).toMatch(REFUSED[operation.operationId] ?? /: 2\d\d /);
      const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
      if (schema) expect(findSchemaFaults(document.components.schemas, schema, body)).toEqual([]);
    }
    expect(operations.length).toBeGreaterThanOrEqual(least);
  });

  it('offers every contract in its selector, the complete one first', async () => {
    const { text } = await t.get('/docs');
    const [, listed = ''] = /data-documents="([^"]+)"/.exec(text) ?? [];
    const urls = (JSON.parse(listed.replaceAll('&quot;', '"')) as { url: string }[]).map(({ url }) => url);
    expect(urls).toEqual(['primary', 'katixo', 'datixlab'].map((name) => `/openapi/${name}.json`));
    for (const url of urls) expect((await t.get(url)).status).toBe(200);
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
      expect(file).toMatch(/^\/docs\//);
      const { status, headers } = await t.get(file);
      expect({ file, status }).toEqual({ file, status: 200 });
      expect(headers['content-type']).toMatch(/^(text\/css|(text|application)\/javascript)/);
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
    '/docs/page/..%2Fdocuments.js',
    '/docs/ui/package.json',
    '/openapi/none.json',
  ])('does not serve %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });
});

describe('without DOCS_ENABLED', () => {
  const t = createTestApp({ DOCS_ENABLED: 'false' });

  it.each(['/docs', '/docs/page/start.js', '/openapi/primary.json'])('there is no %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });
});

/** Somebody who presses "Execute": sends the printed examples, as the page completes them. */
class Reader {
  private memory: Memory = {};

  constructor(
    private readonly client: Client,
    private readonly inbox: Inbox,
  ) {}

  async execute(operation: PlacedOperation): Promise<Reply> {
    const { accessToken } = this.memory;
    const signs = operation.security !== undefined && accessToken !== undefined;
    const printed = {
      url: urlOf(operation),
      headers: signs ? { authorization: `Bearer ${accessToken}` } : ({} as Record<string, string>),
      body: await bodyOf(operation),
    };
    const { url, body, headers } = await fillPlaceholders(printed, this.memory, (to) =>
      this.inbox.messages(to),
    );
    const reply = await this.client.send(operation.method, url, body, { token: null, headers });
    // What the QR code says, which no contract but one shows as a text, too
    const read = url.endsWith('/enable-2fa') && {
      otpauthUri: `otpauth://totp/x?period=${TOTP_STEP_SECONDS}`,
    };
    const answer: unknown = read ? { ...read, ...(reply.body as object) } : reply.body;
    if (reply.status < 300) this.memory = remember(this.memory, { url, body, headers }, answer);
    return reply;
  }
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

async function bodyOf({ requestBody }: PlacedOperation): Promise<unknown> {
  if (!requestBody) return undefined;
  const json = requestBody.content['application/json'];
  if (json) return JSON.stringify(json.example);
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'me.png');
  return form;
}
