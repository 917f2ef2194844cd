import {
  type ContractClient,
  CONTRACTS,
  type Person,
  type PhoneContract,
  type Signed,
  type WayIn,
} from '../../support/contracts.js';
import { PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import type { Authenticator } from '../../support/totp.js';
import { TwoFactor } from '../../support/two-factor.js';

/** With both identifiers verified, two organisations, and a session from before the second factor. */
interface Guarded extends Person {
  userId: string;
  authenticator: Authenticator;
  otherOrganisation: string;
  before: Signed;
}

const ALL: ContractClient[] = Object.values(CONTRACTS);
const WITH_REFRESH = [CONTRACTS.primary, CONTRACTS.katixo];
const CASES = ALL.flatMap((contract) => contract.ways.map((way) => [contract.name, way, contract] as const));

/**
 * Every way to sign in, of every contract, for an account with a second factor: a temp token or an error, never a
 * session.
 */
describe('an account with a second factor', () => {
  const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true' });
  const phones = new Phones(t);
  const twoFactor = new TwoFactor(t);

  const guarded = async (): Promise<Guarded> => {
    const person = { phone: uniquePhone(), email: uniqueEmail(), password: PASSWORD };
    const client = t.client();
    const readCode = () => phones.code(person.phone);
    const before = await CONTRACTS.primary.signUp(client, person, readCode, `Store ${unique()}`);
    const { userId } = before;
    await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [userId]);
    const otherOrganisation = await CONTRACTS.primary.createOrganisation(
      t.client(before.accessToken),
      `Store ${unique()}`,
    );
    const { authenticator } = await twoFactor.enrol(t.client(before.accessToken));
    // As an import would: nothing ends the session from before
    await t.database.query('UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1', [userId]);
    await t.database.pass(60);
    return { ...person, userId, authenticator, otherOrganisation, before };
  };

  const invitationFor = async ({ phone }: Guarded): Promise<string> => {
    const owner = await t.given.tenant();
    expect((await owner.client.post('/auth/invite', { phone, role: 'user' })).status).toBe(201);
    return t.inbox.token(phone, 'invitation');
  };
  /** Signed in with both factors. */
  const session = async (person: Guarded): Promise<Signed> => {
    const { tempToken = '' } = await CONTRACTS.primary.logIn(t.client(), { email: person.email }, PASSWORD);
    const signed = await CONTRACTS.primary.verifySecondFactor(
      t.client(),
      tempToken,
      person.authenticator.code(),
    );
    expect(signed.status).toBe(200);
    await twoFactor.forgetSteps(person.userId);
    return signed;
  };

  const GO: Record<WayIn, (contract: PhoneContract, person: Guarded) => Promise<Signed>> = {
    'a password, by e-mail': (contract, { email, password }) =>
      contract.logIn(t.client(), { email }, password),
    'a password, by phone': (contract, { phone, password }) =>
      contract.logIn(t.client(), { phone }, password),
    'a code to the phone': async (contract, { phone }) => {
      await contract.requestCode(t.client(), phone);
      return contract.verifyCode(t.client(), phone, await phones.code(phone));
    },
    'a code to the e-mail address': async (_contract, { email }) => {
      await t.post('/auth/otp/request', { email });
      const { status, body } = await t.post('/auth/otp/verify', { email, code: await phones.code(email) });
      return { ...body, status, userId: body.user?.id };
    },
    'an invitation, with a password': async (contract, person) =>
      contract.accept(t.client(), await invitationFor(person), person.password),
    'an invitation, with a session': async (contract, person) => {
      const { accessToken } = await session(person);
      return contract.accept(t.client(accessToken), await invitationFor(person), person.password);
    },
    'a switch of the organisation': (contract, { before, otherOrganisation }) =>
      contract.switchTo(t.client(before.accessToken), otherOrganisation),
    'a refresh': (contract, { before }) => contract.renew(t.client(), before),
  };

  const sessions = ({ userId }: Guarded) =>
    t.database.query('SELECT id FROM sessions WHERE user_id = $1 ORDER BY id', [userId]);

  it.each(CASES)('gets no session at the %s contract by %s', async (_, way, contract) => {
    const person = await guarded();
    const known = way === 'an invitation, with a session' ? 2 : 1;

    const { status, accessToken, refreshToken, tempToken, userId } = await GO[way](
      contract as PhoneContract,
      person,
    );

    expect({ accessToken, refreshToken, userId }).toEqual({});
    expect(await sessions(person)).toHaveLength(known);
    if (way === 'a refresh' || way === 'a switch of the organisation') {
      expect({ status, tempToken }).toEqual({ status: 401 });
      return;
    }
    expect({ status, tempToken }).toEqual({
      status: 200,
      tempToken: expect.stringMatching(/^temp_[\w-]{43}$/),
    });
    // The second step may be done in any contract
    for (const other of ALL) {
      const wrong = person.authenticator.wrongCode();
      expect((await other.verifySecondFactor(t.client(), tempToken ?? '', wrong)).status).toBe(401);
    }
    const last = ALL.at((ALL.indexOf(contract) + 1) % ALL.length) ?? contract;
    const signed = await last.verifySecondFactor(t.client(), tempToken ?? '', person.authenticator.code());
    expect([signed.status, signed.userId]).toEqual([200, person.userId]);
    expect((await last.whoAmI(t.client(signed.accessToken)))?.userId).toBe(person.userId);
    expect(await sessions(person)).toHaveLength(known + 1);
  });

  it.each(WITH_REFRESH.map((contract) => [contract.name, contract] as const))(
    'refreshes and switches in the %s contract with a session that has both factors',
    async (_, contract) => {
      const person = await guarded();
      const signed = await session(person);
      const refreshed = await contract.refresh(t.client(), signed.refreshToken);
      expect(refreshed.status).toBe(200);
      const moved = await contract.switchTo(t.client(refreshed.accessToken), person.otherOrganisation);
      expect(moved.status).toBe(200);
      expect((await contract.whoAmI(t.client(moved.accessToken)))?.organisationId).toBe(
        person.otherOrganisation,
      );
    },
  );

  it('uses a code up for every contract at once', async () => {
    const person = await guarded();
    const code = person.authenticator.code();
    for (const [index, contract] of ALL.entries()) {
      const { tempToken = '' } = await contract.logIn(t.client(), { email: person.email }, PASSWORD);
      const { status } = await contract.verifySecondFactor(t.client(), tempToken, code);
      expect([contract.name, status]).toEqual([contract.name, index === 0 ? 200 : 401]);
    }
  });
});

describe('the katixo contract', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const phones = new Phones(t);

  it('requires the code in its envelope, with 200 also where success is 201, and answers the code as a sign-in', async () => {
    const { phone, client } = await phones.account();
    const { authenticator } = await twoFactor.enable(client);
    const owner = await t.given.tenant();
    await owner.client.post('/auth/invite', { phone, role: 'user' });
    const token = await t.inbox.token(phone, 'invitation');
    const login = await t.post('/api/v1/auth/login', { phone, password: PASSWORD });
    const accept = await t.post('/api/v1/auth/invite/accept', { token, password: PASSWORD });
    for (const { status, body } of [login, accept]) {
      expect(status).toBe(200);
      expect(body).toEqual({
        success: true,
        message: 'Two-factor code required',
        data: { requiresTwoFactor: true, tempToken: expect.stringMatching(/^temp_/) },
        errors: null,
      });
    }
    const { tempToken } = (login.body as unknown as { data: { tempToken: string } }).data;
    const verify = (code: unknown) => t.post('/api/v1/auth/verify-2fa', { tempToken, code });
    const refused = (await verify('12345')).body as unknown as { errors: { field: string }[] };
    expect(refused.errors[0]?.field).toBe('code');
    const verified = await verify(authenticator.code());
    expect(verified.status).toBe(200);
    expect(verified.body).toMatchObject({ success: true, message: 'Login successful', errors: null });
    const { data } = verified.body as unknown as { data: object };
    expect(Object.keys(data).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'user']);
  });
});
