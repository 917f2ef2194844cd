import type { Client } from '../support/client.js';
import type { Schema } from '../support/conforms.js';
import { Datixlab } from '../support/datixlab.js';
import { CONTRACTS } from '../support/documents.js';
import { NEW_PASSWORD } from '../support/given.js';
import { Katixo } from '../support/katixo.js';
import { Operators } from '../support/operators.js';
import { uniquePhone } from '../support/phone.js';
import { useSharedApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';

/** The forms that the documents give to codes. */
const CODE = /^\^\(?\[0-9\]\{6\}/;

interface Place {
  contract: string;
  method: string;
  path: string;
  field: string;
  /** The body has a phone number, without which the code may be refused. */
  takesPhone: boolean;
}

/** Every field of every body that takes a code, so that a new one is not forgotten. */
const PLACES: Place[] = CONTRACTS.flatMap(({ name: contract, document, operations }) =>
  operations.flatMap(({ method, path, requestBody }) => {
    const schema = requestBody?.content['application/json']?.schema;
    const found: Schema | undefined = document.components.schemas[schema?.$ref?.split('/').pop() ?? ''];
    return Object.entries(found?.properties ?? {})
      .filter(([, { pattern = '' }]: [string, Schema & { pattern?: string }]) => CODE.test(pattern))
      .map(([field]) => ({
        contract,
        method,
        path,
        field,
        takesPhone: 'phone' in (found?.properties ?? {}),
      }));
  }),
);

/** As it is pasted: separators of every kind between the digits, blanks around them. */
function pasted(code: string): string {
  const separators = ['\u2212', '\u00b7', '\u00a0', '\u2013', '\u200b', '\n', '-'];
  return `\u200e ${[...code].map((digit, at) => `${digit}${separators[at] ?? ''}`).join('')}\r\n`;
}

describe('a code as it is pasted', () => {
  const t = useSharedApp({ PLATFORM_ENABLED: 'true' });
  const katixo = new Katixo(t);
  const datixlab = new Datixlab(t);
  const factors = new TwoFactor(t);
  const clients = new Map<string, Client>();

  beforeAll(async () => {
    clients.set('primary', (await t.given.tenant()).client);
    clients.set('katixo', (await katixo.owner()).client);
    clients.set('datixlab', (await datixlab.verifiedOwner()).client);
    clients.set('platform', (await new Operators(t).signedIn()).client);
  });

  /** Whether the field is among those that the answer refuses. */
  async function isRefused(
    { contract, method, path, field, takesPhone }: Place,
    code: string,
  ): Promise<boolean> {
    const client = clients.get(contract) ?? t.client();
    const reply = await client.send<{ errors?: { pointer?: string; field?: string }[] | null }>(
      method,
      path.replace(/\{\w+\}/g, '0192f3a0-0000-7000-8000-000000000000'),
      // Another member is unknown: whatever the operation does with a code, it does not get that far
      { ...(takesPhone && { phone: uniquePhone() }), [field]: code, notAMember: true },
    );
    expect(reply.status).toBe(400);
    const named = (reply.body.errors ?? []).map(({ pointer, field: name }) => pointer ?? name ?? '');
    expect(named.join()).toContain('notAMember');
    return named.some((name) => name.split('/').pop() === field);
  }

  it('is taken in every contract', () => {
    expect(new Set(PLACES.map(({ contract }) => contract))).toEqual(
      new Set(CONTRACTS.map(({ name }) => name)),
    );
  });

  it.each(PLACES)('is read at $method $path ($field of $contract)', async (place) => {
    expect(await isRefused(place, pasted('123456'))).toBe(false);
    for (const wrong of ['12345', pasted('12345'), '12345x', '1234567'])
      expect([wrong, await isRefused(place, wrong)]).toEqual([wrong, true]);
  });

  it('signs in and sets a password by phone', async () => {
    const { phone } = await katixo.owner();
    await katixo.post('/auth/otp/request', { phone });
    const otp = pasted(await katixo.code(phone));
    expect((await katixo.post('/auth/otp/verify', { phone, otp })).status).toBe(200);
    await katixo.post('/auth/forgot-password', { phone });
    const body = { phone, otp: pasted(await katixo.code(phone)), newPassword: NEW_PASSWORD };
    expect((await katixo.post('/auth/reset-password', body)).status).toBe(200);
  });

  it('is a second factor, by an authenticator or a backup code', async () => {
    const owner = await factors.owner();
    const [backupCode = ''] = owner.backupCodes;
    expect((await factors.signIn(owner, pasted(owner.authenticator.code()))).status).toBe(200);
    expect((await factors.signIn(owner, pasted(backupCode))).status).toBe(200);
    const [, other = ''] = owner.backupCodes;
    const signedIn = await datixlab.verify(await datixlab.tempToken(owner), pasted(other));
    expect(signedIn.status).toBe(200);
  });
});
