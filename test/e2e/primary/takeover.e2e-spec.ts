import { ApiKeys } from '../../support/api-keys.js';
import { NEW_PASSWORD } from '../../support/given.js';
import { Phones } from '../../support/phone.js';
import { Squatters, WAYS_TO_VERIFY, type WayToVerify } from '../../support/squatter.js';
import { useSharedApp } from '../../support/test-app.js';

interface Session {
  accessToken: string;
}

/** Tables of credentials and of messages that act for a person, and which rows are valid. */
const STILL_GOOD = {
  sessions: 'user_id = $1 AND revoked_at IS NULL AND authenticated_at < $2',
  pending_sign_ins: 'user_id = $1',
  trusted_devices: 'user_id = $1',
  totp_factors: 'user_id = $1',
  recovery_codes: 'user_id = $1',
  api_keys: 'user_id = $1 AND revoked_at IS NULL',
  one_time_secrets: 'subject_id = $1 AND used_at IS NULL',
  invitations: 'invited_by = $1 AND accepted_at IS NULL AND revoked_at IS NULL',
};

/** A squatter claims an address or a number of another person, sets the account up, and waits. */
describe.each(WAYS_TO_VERIFY)(
  'an account without a verified identifier, taken over by $name,',
  (way: WayToVerify) => {
    const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true' });
    const squatters = new Squatters(t);
    const phones = new Phones(t);

    let won: Awaited<ReturnType<typeof win>>;

    beforeAll(async () => {
      won = await win();
    });

    const win = async () => {
      const furnished = await squatters.furnished(way.kind);
      const spend = await way.prepare(t, furnished.claimed);
      const [row] = await t.database.query<{ at: Date }>('SELECT now() AS at');
      const reply = await spend();
      expect([reply.status, reply.text]).toEqual([way.status, expect.any(String)]);
      return { ...furnished, before: row?.at, body: reply.body as Partial<Session> & { data?: Session } };
    };
    /** A session of the new owner's: the response's own, or by the password that was chosen. */
    const enter = async () => {
      const { claimed, body } = won;
      const { accessToken } = body.data ?? body;
      if (accessToken !== undefined) return t.client(accessToken);
      const login = { [claimed.kind]: claimed.value, password: NEW_PASSWORD };
      return t.client((await t.post('/auth/login', login)).body.accessToken);
    };

    it('belongs to the new owner: same id, same tenant, same role, and the identifier verified', async () => {
      const me = (await (await enter()).get('/auth/me')).body;
      const { kind, value } = won.claimed;
      expect(me).toMatchObject({ id: won.account.user.id, [kind]: value, [`${kind}Verified`]: true });
      const organisations = await (await enter()).get<unknown>('/users/me/organisations');
      expect(organisations.body).toContainEqual(
        expect.objectContaining({ id: won.account.tenant.id, role: 'admin', roleLevel: 100 }),
      );
      const [row] = await t.database.query('SELECT status, deletion_at FROM users WHERE id = $1', [me.id]);
      expect(row).toEqual({ status: 'active', deletion_at: null });
    });

    it('has lost its other identifier and the address that was requested, which verify nothing any more', async () => {
      const winner = await enter();
      expect((await winner.get('/auth/me')).body).toMatchObject({
        [won.other.kind]: null,
        pendingEmail: null,
      });
      const { verificationToken: token } = won;
      expect(await winner.post('/auth/verify-email', { token })).toBeProblem('verification_token_invalid');
      const login = { [won.other.kind]: won.other.value, password: won.account.password };
      expect(await t.post('/auth/login', login)).toBeProblem('invalid_credentials');
      if (won.resetToken === null) return;
      const reset = { token: won.resetToken, newPassword: 'Another-Kettle-55-Prairie' };
      expect(await t.post('/auth/reset-password', reset)).toBeProblem('reset_token_invalid');
    });

    it('gives no access by what was set up before', async () => {
      await expectOut();
      const good = await stillGood();
      expect(good).toEqual(Object.fromEntries(Object.keys(STILL_GOOD).map((table) => [table, 0])));
    });

    it('has no password but the one that was chosen with it', async () => {
      const { account } = won;
      const hashes = await t.database.query('SELECT 1 FROM password_credentials WHERE user_id = $1', [
        account.user.id,
      ]);
      expect(hashes).toHaveLength(way.password ? 1 : 0);
    });

    it('causes one notice to each address and number, without a secret', async () => {
      const { account, claimed, other, pendingEmail } = won;
      const noticesTo = async (to: string) =>
        (await t.inbox.messages(to, 'notice')).filter(({ subject }) =>
          /account with your|removed/.test(subject),
        );
      for (const to of [claimed.value, other.value, pendingEmail]) {
        const notices = await noticesTo(to);
        expect([to, notices.map(({ subject }) => subject)]).toEqual([
          to,
          [
            to === claimed.value
              ? 'The account with your address or number is yours now'
              : 'Your address or number was removed from an account',
          ],
        ]);
        expect(notices[0]?.link ?? '').toBe('');
        expect(JSON.stringify(notices)).not.toContain(account.password);
      }
    });

    async function expectOut() {
      const { account, elsewhere, deviceToken, tempToken, backupCode } = won;
      for (const session of [account, elsewhere]) {
        expect(await session.client.get('/auth/me')).toBeProblem('access_token_invalid');
        const { refreshToken } = session;
        expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      }
      const login = { [won.claimed.kind]: won.claimed.value, password: account.password };
      for (const body of [login, { ...login, deviceToken }])
        expect(await t.post('/auth/login', body)).toBeProblem('invalid_credentials');
      expect(await t.post('/auth/verify-2fa', { tempToken, code: backupCode })).toBeProblem(
        'temp_token_invalid',
      );
      expect(await new ApiKeys(t).isGood(won.apiKey)).toBe(false);
      const { invitation: token } = won;
      expect(await t.get(`/auth/invite/validate?token=${token}`)).toBeProblem('invitation_already_used');
      const phone = won.claimed.kind === 'phone' ? won.claimed.value : won.other.value;
      expect(await phones.verify(phone, won.signInCode)).toBeProblem('otp_invalid');
    }

    async function stillGood() {
      const { account, before } = won;
      const counts: Record<string, number> = {};
      for (const [table, condition] of Object.entries(STILL_GOOD)) {
        const values = condition.includes('$2') ? [account.user.id, before] : [account.user.id];
        counts[table] = (await t.database.query(`SELECT 1 FROM ${table} WHERE ${condition}`, values)).length;
      }
      return counts;
    }
  },
);
