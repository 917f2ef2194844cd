import { burst, countBy } from '../../support/burst.js';
import {
  type ContractClient,
  CONTRACTS,
  type PasswordContract,
  type Person,
  type PhoneContract,
  type Signed,
} from '../../support/contracts.js';
import { NEW_PASSWORD, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { REFRESH_GRACE_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

type Scenario<Place extends ContractClient> = (here: Place, there: Place) => Promise<void>;

const EVERY: ContractClient[] = Object.values(CONTRACTS);
const WITH_PHONES: PhoneContract[] = [CONTRACTS.primary, CONTRACTS.katixo];
const WITH_PASSWORD_CHANGE: PasswordContract[] = [CONTRACTS.primary, CONTRACTS.datixlab];

describe('one core behind every contract:', () => {
  const t = useSharedApp();
  const phones = new Phones(t);

  const newPerson = (): Person => ({ phone: uniquePhone(), email: uniqueEmail(), password: PASSWORD });
  const roleAt = (contract: ContractClient) => (contract.name === 'katixo' ? 'viewer' : 'user');

  /** Signed up in this contract, from an address of their own. */
  const signUp = async (contract: ContractClient, person = newPerson()): Promise<Person & Signed> => {
    const readCode = () => phones.code(person.phone);
    const signed = await contract.signUp(t.client(), person, readCode, `Store ${unique()}`);
    expect(signed.status).toBe(201);
    return { ...person, ...signed };
  };

  /** Every scenario runs with each of its contracts in both places: an act in one has its effect in the other. */
  const inAllPlaces = <Place extends ContractClient>(
    contracts: Place[],
    scenarios: Record<string, Scenario<Place>>,
  ) => {
    const places = contracts.flatMap((here) =>
      contracts.map((there) => [here.name, there.name, here, there] as const),
    );
    describe.each(Object.entries(scenarios))('%s', (_, scenario) => {
      it.each(places)('(here %s, there %s)', async (_here, _there, here, there) => scenario(here, there));
    });
  };

  inAllPlaces(EVERY, {
    'a person who signed up here signs in there, as the same person': async (here, there) => {
      const { email, password, userId } = await signUp(here);
      const signed = await there.logIn(t.client(), { email }, password);
      expect([signed.status, signed.userId]).toEqual([200, userId]);
    },

    'a token of one is accepted in the other, for the same organisation': async (here, there) => {
      const { accessToken, userId } = await signUp(here);
      const [mine, yours] = [
        await here.whoAmI(t.client(accessToken)),
        await there.whoAmI(t.client(accessToken)),
      ];
      expect(yours).toEqual({ userId, organisationId: mine?.organisationId });
      expect(mine?.organisationId).not.toBeNull();
    },

    'a session that was refreshed here is accepted there': async (here, there) => {
      const person = await signUp(here);
      const next = await here.renew(t.client(), person);
      expect(next.status).toBe(200);
      expect((await there.whoAmI(t.client(next.accessToken)))?.userId).toBe(person.userId);
    },

    'a sign-out here ends the session there, and its refresh': async (here, there) => {
      const person = await signUp(there);
      expect(await here.logOut(t.client(person.accessToken))).toBe(200);
      expect(await there.whoAmI(t.client(person.accessToken))).toBeNull();
      expect((await there.renew(t.client(), person)).status).toBe(401);
    },

    'wrong passwords here count there': async (here, there) => {
      const { email, password } = await signUp(here);
      const guesses = await burst(5, () => here.logIn(t.client(), { email }, NEW_PASSWORD));
      expect(countBy(guesses, ({ status }) => status)).toEqual({ 401: 5 });
      expect((await there.logIn(t.client(), { email }, password)).status).toBe(429);
    },
  });

  inAllPlaces(WITH_PASSWORD_CHANGE, {
    'a password changed here is the password there, and ends the other sessions': async (here, there) => {
      const { email, password, accessToken } = await signUp(here);
      const other = await there.logIn(t.client(), { email }, password);
      expect(await here.changePassword(t.client(accessToken), password, NEW_PASSWORD)).toBe(200);
      expect(await there.whoAmI(t.client(other.accessToken))).toBeNull();
      expect(await there.whoAmI(t.client(accessToken))).not.toBeNull();
      expect((await there.logIn(t.client(), { email }, password)).status).toBe(401);
      expect((await there.logIn(t.client(), { email }, NEW_PASSWORD)).status).toBe(200);
    },

    'wrong current passwords here count as failed sign-ins there': async (here, there) => {
      const { email, password, accessToken } = await signUp(here);
      const client = t.client(accessToken);
      const guesses = await burst(5, () => here.changePassword(client, 'Not-The-Password-9', NEW_PASSWORD));
      expect(countBy(guesses, (status) => status)).toEqual({ 401: 5 });
      expect((await there.logIn(t.client(), { email }, password)).status).toBe(429);
    },
  });

  inAllPlaces(WITH_PHONES, {
    'a person who signed up here signs in there by phone, as the same person': async (here, there) => {
      const { phone, password, userId } = await signUp(here);
      const signed = await there.logIn(t.client(), { phone }, password);
      expect([signed.status, signed.userId]).toEqual([200, userId]);
    },

    'a refresh token from here is exchanged there, once': async (here, there) => {
      const { refreshToken } = await signUp(here);
      const next = await there.refresh(t.client(), refreshToken);
      expect(next.status).toBe(200);
      await t.database.pass(REFRESH_GRACE_SECONDS + 1);
      expect((await here.refresh(t.client(), refreshToken)).status).toBe(401);
      expect(await there.whoAmI(t.client(next.accessToken))).toBeNull();
    },

    'a sign-out everywhere here ends the sessions there': async (here, there) => {
      const person = await signUp(here);
      const other = await there.logIn(t.client(), { phone: person.phone }, person.password);
      expect(await here.logOutEverywhere(t.client(person.accessToken))).toBe(200);
      expect(await there.whoAmI(t.client(other.accessToken))).toBeNull();
      expect((await there.refresh(t.client(), other.refreshToken)).status).toBe(401);
    },

    'wrong passwords here count there, for the identifier they were sent with': async (here, there) => {
      const { phone, email, password } = await signUp(here);
      await burst(5, () => here.logIn(t.client(), { phone }, NEW_PASSWORD));
      expect((await there.logIn(t.client(), { phone }, password)).status).toBe(429);
      expect((await there.logIn(t.client(), { email }, password)).status).toBe(200);
    },

    'a code requested here is verified there, once': async (here, there) => {
      const { phone, userId } = await signUp(here);
      await t.database.pass(60);
      expect(await here.requestCode(t.client(), phone)).toBe(200);
      const code = await phones.code(phone);
      const verified = await there.verifyCode(t.client(), phone, code);
      expect([verified.status, verified.userId]).toEqual([200, userId]);
      expect((await here.verifyCode(t.client(), phone, code)).status).toBe(400);
    },

    'wrong codes here count there': async (here, there) => {
      const { phone } = await signUp(here);
      await t.database.pass(60);
      await here.requestCode(t.client(), phone);
      const code = await phones.code(phone);
      const wrong = code === '000000' ? '111111' : '000000';
      for (let guess = 0; guess < 5; guess += 1) await here.verifyCode(t.client(), phone, wrong);
      expect((await there.verifyCode(t.client(), phone, code)).status).not.toBe(200);
    },

    'a password reset here is the password there, and ends the sessions from before': async (here, there) => {
      const person = await signUp(there);
      await t.database.pass(60);
      expect(await here.forgotPassword(t.client(), person.phone)).toBe(200);
      const code = await phones.code(person.phone);
      expect(await there.resetPassword(t.client(), person.phone, code, NEW_PASSWORD)).toBe(200);
      expect(await there.whoAmI(t.client(person.accessToken))).toBeNull();
      expect((await there.logIn(t.client(), { phone: person.phone }, NEW_PASSWORD)).status).toBe(200);
      expect((await here.logIn(t.client(), { phone: person.phone }, person.password)).status).toBe(401);
    },

    'a recovery code from here is refused as a sign-in code there': async (here, there) => {
      const { phone } = await signUp(here);
      await t.database.pass(60);
      await here.forgotPassword(t.client(), phone);
      expect((await there.verifyCode(t.client(), phone, await phones.code(phone))).status).toBe(400);
    },

    'an invitation from here is accepted there': async (here, there) => {
      const owner = await signUp(here);
      const phone = uniquePhone();
      expect(await here.invite(t.client(owner.accessToken), phone, roleAt(here))).toBe(201);
      const token = await t.inbox.token(phone, 'invitation');
      const joined = await there.accept(t.client(), token, PASSWORD);
      expect(joined.status).toBe(201);
      const [inviter, member] = await Promise.all(
        [owner.accessToken, joined.accessToken].map((accessToken) => here.whoAmI(t.client(accessToken))),
      );
      expect(member?.organisationId).toBe(inviter?.organisationId);
      expect((await here.accept(t.client(), token, PASSWORD)).status).toBe(400);
    },

    'a switch here takes effect there': async (here, there) => {
      const person = await signUp(here);
      const other = await there.createOrganisation(t.client(person.accessToken), `Store ${unique()}`);
      const moved = await here.switchTo(t.client(person.accessToken), other);
      expect(moved.status).toBe(200);
      expect(await there.whoAmI(t.client(person.accessToken))).toBeNull();
      expect((await there.whoAmI(t.client(moved.accessToken)))?.organisationId).toBe(other);
      const listed = await there.organisations(t.client(moved.accessToken));
      expect(listed.filter(({ active }) => active).map(({ id }) => id)).toEqual([other]);
    },
  });

  /** The audit events of a person. */
  const trailOf = (userId: string) =>
    t.database.query(
      `SELECT action, outcome, actor_kind, target_kind, tenant_id IS NOT NULL AS in_tenant FROM audit_events
       WHERE actor_id = $1 OR target_id = $1 ORDER BY occurred_at, action`,
      [userId],
    );

  it('the same acts cause the same audit events, in whichever contract', async () => {
    const act = async (contract: ContractClient) => {
      const { email, password, userId } = await signUp(contract);
      const before = (await trailOf(userId)).length;
      const signed = await contract.logIn(t.client(), { email }, password);
      await contract.logIn(t.client(), { email }, NEW_PASSWORD);
      // A refresh is recorded when it comes from elsewhere
      await t.database.query(`UPDATE sessions SET address = '192.0.2.1' WHERE user_id = $1`, [userId]);
      const { accessToken } = await contract.renew(t.client(), signed);
      await contract.logOut(t.client(accessToken));
      return (await trailOf(userId)).slice(before);
    };
    const [trail, ...others] = await Promise.all(EVERY.map(act));
    expect(trail?.map(({ action }) => action)).toEqual([
      'session.created',
      'sign_in.refused',
      'session.refreshed',
      'session.revoked',
    ]);
    for (const other of others) expect(other).toEqual(trail);
  });

  it('the same acts with phones and organisations cause the same audit events, too', async () => {
    const act = async (contract: PhoneContract) => {
      const { phone, userId, accessToken } = await signUp(contract);
      const other = await contract.createOrganisation(t.client(accessToken), `Store ${unique()}`);
      const moved = await contract.switchTo(t.client(accessToken), other);
      await contract.invite(t.client(moved.accessToken), uniquePhone(), roleAt(contract));
      await t.database.pass(60);
      await contract.requestCode(t.client(), phone);
      await contract.verifyCode(t.client(), phone, await phones.code(phone));
      await contract.logOutEverywhere(t.client(moved.accessToken));
      return trailOf(userId);
    };
    const [trail, other] = [await act(CONTRACTS.primary), await act(CONTRACTS.katixo)];
    expect(trail.map(({ action }) => action)).toEqual([
      'session.created',
      'tenant.created',
      'user.created',
      'tenant.created',
      'session.switched',
      'invitation.created',
      'session.created',
      'session.revoked',
    ]);
    expect(other).toEqual(trail);
  });
});
