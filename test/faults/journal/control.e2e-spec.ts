import * as acts from '../../support/load/acts.js';
import { Caller } from '../../support/load/caller.js';
import { Journal } from '../../support/load/journal.js';
import { type Invitation, type Key, Life, type Session } from '../../support/load/life.js';
import { Random } from '../../support/load/random.js';
import { useSharedApp } from '../../support/test-app.js';

/** What a life has at its end, and what it has ended. */
interface Things {
  life: Life;
  session: Session;
  key: Key;
  invitation: Invitation;
  formerHash: string;
  ended: { session: Session; key: Key; invitation: Invitation };
}

/** What a row is broken by, and the claims that the journal must then report. */
interface Damage {
  sql: string;
  values: unknown[];
  lost?: string[];
  revived?: string[];
}

const DAMAGES: Record<string, (things: Things) => Damage> = {
  'a session that is gone': ({ session }) => ({
    ...{ sql: 'DELETE FROM sessions WHERE id = $1', values: [sessionId(session)] },
    lost: [session.name],
  }),
  'an API key that is gone': ({ key }) => ({
    ...{ sql: 'DELETE FROM api_keys WHERE id = $1', values: [key.id] },
    lost: [key.name],
  }),
  'an invitation that is gone': ({ invitation }) => ({
    ...{ sql: 'DELETE FROM invitations WHERE id = $1', values: [invitation.id] },
    lost: [invitation.name],
  }),
  'a password that is gone': ({ life: { owner } }) => ({
    ...{ sql: 'DELETE FROM password_credentials WHERE user_id = $1', values: [owner.userId] },
    lost: [`${owner.name}/password`],
  }),
  'a change of a role that is gone': ({ life: { members } }) => ({
    sql: `UPDATE memberships m SET role_id = other.id FROM roles other
          WHERE m.user_id = $1 AND other.tenant_id = m.tenant_id AND other.id <> m.role_id
            AND other.key IN ('user', 'manager')`,
    values: [members[0]?.userId],
    lost: [`${members[0]?.name}/role`],
  }),
  'a session that lives again': ({ ended: { session } }) => ({
    sql: 'UPDATE sessions SET revoked_at = NULL, revoked_reason = NULL WHERE id = $1',
    values: [sessionId(session)],
    revived: [session.name],
  }),
  'an API key that lives again': ({ ended: { key } }) => ({
    ...{ sql: 'UPDATE api_keys SET revoked_at = NULL WHERE id = $1', values: [key.id] },
    revived: [key.name],
  }),
  'an invitation that lives again': ({ ended: { invitation } }) => ({
    sql: `WITH link AS (UPDATE one_time_secrets SET used_at = NULL WHERE subject_id = $1)
          UPDATE invitations SET revoked_at = NULL WHERE id = $1`,
    values: [invitation.id],
    revived: [invitation.name],
  }),
  'a password that is the former one again': ({ life: { owner }, formerHash }) => ({
    sql: 'UPDATE password_credentials SET hash = $2 WHERE user_id = $1',
    values: [owner.userId, formerHash],
    lost: [`${owner.name}/password`],
    revived: [`${owner.name}/former password`],
  }),
};

/*
 * The control of the fault suite: it asserts that nothing is lost and nothing revived, which a check that finds nothing
 * would assert as well.
 */
describe('the journal', () => {
  const t = useSharedApp();

  it.each(Object.entries(DAMAGES))('reports %s, and nothing else', async (_, damageOf) => {
    const { origin } = t.server;
    const journal = new Journal();
    const random = new Random(1);
    const caller = new Caller([origin], journal, random);
    const things = await live(new Life(caller.send, journal, random, 'life'));
    await caller.close();
    expect(await journal.check([origin])).toMatchObject({ unexpected: [], lost: [], revived: [] });

    const { sql, values, lost = [], revived = [] } = damageOf(things);
    const damaged = await t.database.query(`${sql} RETURNING 1`, values);
    expect(damaged).toHaveLength(1);

    const at = (names: string[]) => names.map((name) => `${name}, at ${origin}`);
    expect(await journal.check([origin])).toMatchObject({ lost: at(lost), revived: at(revived) });
  });

  /** One claim of each kind. */
  async function live(life: Life): Promise<Things> {
    await life.begin();
    const { owner } = life;
    await acts.signIn(life);
    const [, session] = owner.sessions as [Session, Session];
    await acts.signOut(life);
    for (const act of [acts.createKey, acts.createKey]) await act(life);
    const [key] = life.keys as [Key];
    await acts.revokeKey(life);
    for (const act of [acts.invite, acts.invite]) await act(life);
    const [invitation] = life.invitations as [Invitation];
    await acts.revokeInvitation(life);
    for (const act of [acts.acceptInvitation, acts.changeRole, acts.invite]) await act(life);
    const [{ hash }] = (await t.database.query<{ hash: string }>(
      'SELECT hash FROM password_credentials WHERE user_id = $1',
      [owner.userId],
    )) as [{ hash: string }];
    await acts.changePassword(life);
    return {
      ...{ life, session: owner.sessions[0] as Session, key: life.keys[0] as Key },
      ...{ invitation: life.invitations[0] as Invitation, formerHash: hash },
      ended: { session, key, invitation },
    };
  }
});

function sessionId({ tokens }: Session): string {
  const [, claims = ''] = tokens.accessToken.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }).sid;
}
