import { ApiKeys, NEVER_ISSUED } from '../../support/api-keys.js';
import type { Reply } from '../../support/client.js';
import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import { at, type Envelope } from '../../support/katixo.js';
import { type OtpAnswer, Phones, uniquePhone } from '../../support/phone.js';
import { ServiceAccounts } from '../../support/service-accounts.js';
import { useSharedApp } from '../../support/test-app.js';

/**
 * Clients send whatever credential they have with every request. Where the body has the credential, one that is no
 * longer valid changes nothing.
 */
describe('a credential that is not valid, beside one in the body', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  let stale: Record<string, Record<string, string>>;
  let signedOut: Account;

  const verify = (phone: string, code: string, headers: Record<string, string>) =>
    t.client().post<OtpAnswer>('/auth/otp/verify', { phone, code }, { headers });

  beforeAll(async () => {
    signedOut = await t.given.tenant();
    const revoked = await new ApiKeys(t).create(signedOut);
    await signedOut.client.delete(`/auth/api-keys/${revoked.id}`);
    const machine = await new ServiceAccounts(t).token(await new ServiceAccounts(t).create(signedOut));
    await signedOut.client.post('/auth/logout');
    stale = {
      'the token of an ended session': { authorization: `Bearer ${signedOut.accessToken}` },
      'a refresh token': { authorization: `Bearer ${signedOut.refreshToken}` },
      'a damaged token': { authorization: `Bearer ${signedOut.accessToken.slice(0, -3)}` },
      'a token of no form': { authorization: 'Bearer ?' },
      'the token of a machine': { authorization: `Bearer ${machine}` },
      'an empty header': { authorization: '' },
      'no token': { authorization: 'Bearer undefined' },
      'a revoked key': { 'x-api-key': revoked.key },
      'a revoked key as a token': { authorization: `Bearer ${revoked.key}` },
      'an unknown key': { 'x-api-key': NEVER_ISSUED },
    };
  });

  it('does not keep a code from signing in, and from starting a sign-up', async () => {
    for (const [name, headers] of Object.entries(stale)) {
      const { phone, userId } = await phones.account();
      const known = await verify(phone, await phones.newCode(phone), headers);
      expect([name, known.status, known.body.user?.id]).toEqual([name, 200, userId]);
      const stranger = uniquePhone();
      const fresh = await verify(stranger, await phones.newCode(stranger), headers);
      expect([name, fresh.status, fresh.body.isNewUser]).toEqual([name, 200, true]);
    }
  });

  it('nor at Katixo', async () => {
    for (const [name, headers] of Object.entries(stale)) {
      const { phone, userId } = await phones.account();
      const otp = await phones.newCode(phone);
      const path = at('/auth/otp/verify');
      const reply: Reply<Envelope> = await t.client().post<Envelope>(path, { phone, otp }, { headers });
      expect([name, reply.status, reply.body.data.user.id]).toEqual([name, 200, userId]);
    }
  });

  it('nor a client secret from getting a token', async () => {
    const services = new ServiceAccounts(t);
    const { id, clientSecret } = await services.create(await t.given.tenant());
    const fields = { client_id: id, client_secret: clientSecret ?? '' };
    for (const [name, { authorization }] of Object.entries(stale)) {
      const { status } = await services.ask(fields, authorization === undefined ? {} : { authorization });
      expect([name, status]).toEqual([name, 200]);
    }
  });

  describe('together with another one', () => {
    let liveKey: string;
    let holder: Account;

    beforeAll(async () => {
      holder = await t.given.tenant();
      liveKey = (await new ApiKeys(t).create(holder)).key;
    });

    /** Everything that may stand in `Authorization` beside a key. */
    const authorizations = (): [string, string][] => [
      ...Object.entries(stale).flatMap(([name, { authorization }]): [string, string][] =>
        authorization === undefined ? [] : [[name, authorization]],
      ),
      ['credentials of a proxy', 'Basic c3RhZ2luZzpwcm94eQ=='],
      ['a ticket of a domain', 'Negotiate abc'],
    ];

    it('is ignored, too, where none is valid', async () => {
      const keys = Object.entries(stale).flatMap(([, { 'x-api-key': key }]) => key ?? []);
      for (const key of [...keys, '', 'x'])
        for (const [name, authorization] of authorizations()) {
          const headers = { authorization, 'x-api-key': key };
          const phone = uniquePhone();
          const fresh = await verify(phone, await phones.newCode(phone), headers);
          expect([name, key, fresh.status, fresh.body.isNewUser]).toEqual([name, key, 200, true]);
        }
    });

    it('nor does it keep anybody from an invitation, and from a sign-in at Katixo', async () => {
      for (const [name, authorization] of authorizations()) {
        const headers = { authorization, 'x-api-key': NEVER_ISSUED };
        const { token } = await t.given.invitation(holder, { email: uniqueEmail() });
        const accept = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
        const accepted = await t.client().post('/auth/invite/accept', accept, { headers });
        expect([name, accepted.status]).toEqual([name, 201]);
        const { phone } = await phones.account();
        const otp = await phones.newCode(phone);
        const { status } = await t.client().post(at('/auth/otp/verify'), { phone, otp }, { headers });
        expect([name, status]).toEqual([name, 200]);
      }
    });

    it('does not take the place of a session: whose proof it is counts', async () => {
      for (const key of [NEVER_ISSUED, '', 'sk_live_x']) {
        const phone = uniquePhone();
        const owner = await phones.squatter(phone);
        const headers = { authorization: `Bearer ${owner.accessToken}`, 'x-api-key': key };
        const { status, body } = await verify(phone, await phones.newCode(phone), headers);
        expect([status, body.user.id]).toEqual([200, owner.user.id]);
        // A stranger’s proof would have emptied the account
        const { password } = owner;
        expect((await t.post('/auth/login', { phone, password })).status).toBe(200);
      }
    });

    it('nor of the session of somebody who joins another organisation', async () => {
      const person = await t.given.tenant();
      const { token } = await t.given.invitation(holder, { email: person.email });
      const headers = { authorization: `Bearer ${person.accessToken}`, 'x-api-key': NEVER_ISSUED };
      const { status, body } = await t.client().post('/auth/invite/accept', { token }, { headers });
      expect([status, body.user.id]).toEqual([201, person.user.id]);
    });

    it('does not make a valid key one that may be ignored: its owner’s account would be at stake', async () => {
      const phone = uniquePhone();
      const owner = await phones.squatter(phone);
      const { key } = await new ApiKeys(t).create(holder);
      const code = await phones.newCode(phone);
      const alone: Record<string, string>[] = [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }];
      const beside = authorizations().map(([, authorization]) => ({ authorization, 'x-api-key': key }));
      for (const headers of [
        ...alone,
        ...beside,
        { authorization: `Bearer ${key}`, 'x-api-key': NEVER_ISSUED },
      ])
        expect(await verify(phone, code, headers)).toBeProblem('api_key_not_allowed');
      // None of them spent the code or took anything from the account
      expect((await phones.verify(phone, code, owner.client)).status).toBe(200);
      const { password } = owner;
      expect((await t.post('/auth/login', { phone, password })).status).toBe(200);
    });

    it('is not one of two valid ones: nobody chooses between them', async () => {
      const headers = { authorization: `Bearer ${holder.accessToken}`, 'x-api-key': liveKey };
      const phone = uniquePhone();
      expect(await verify(phone, await phones.newCode(phone), headers)).toBeProblem('malformed_request');
      const { token } = await t.given.invitation(holder, { email: uniqueEmail() });
      const accept = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
      const refused = await t.client().post('/auth/invite/accept', accept, { headers });
      expect(refused).toBeProblem('malformed_request');
      expect((await t.client().post('/auth/invite/accept', accept)).status).toBe(201);
    });

    it('counts where a credential is needed', async () => {
      for (const [name, authorization] of authorizations().filter(([, text]) => text.trim() !== '')) {
        const headers = { authorization, 'x-api-key': NEVER_ISSUED };
        const { status, body } = await t.client().get('/auth/me', { headers });
        expect([name, status, body.code]).toEqual([name, 400, 'malformed_request']);
      }
    });
  });

  describe('that names the account itself, whose number is not verified', () => {
    it('costs it nothing: the code waits for a valid one', async () => {
      const phone = uniquePhone();
      const owner = await phones.squatter(phone);
      const code = await phones.newCode(phone);
      const damaged = `${owner.accessToken.slice(0, -8)}AAAAAAAA`;
      expect(await verify(phone, code, { authorization: `Bearer ${damaged}` })).toBeProblem(
        'access_token_invalid',
      );
      const { status, body } = await phones.verify(phone, code, owner.client);
      expect([status, body.user.id]).toEqual([200, owner.user.id]);
      const { password } = owner;
      expect((await t.post('/auth/login', { phone, password })).status).toBe(200);
    });

    it('but no other account', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone);
      const headers = { authorization: `Bearer ${signedOut.accessToken}` };
      const { status, body } = await verify(phone, await phones.newCode(phone), headers);
      expect([status, body.user.id]).toEqual([200, squatter.user.id]);
      const { password } = squatter;
      expect(await t.post('/auth/login', { phone, password })).toBeProblem('invalid_credentials');
    });
  });
});
