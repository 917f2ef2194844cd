import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { uniqueEmail } from '../../../test/support/unique.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { BulkInvitationsService } from './bulk-invitations.service.js';
import { type CreatedInvitation, InvitationsService } from './invitations.service.js';

const core = useCore([AcceptanceModule]);
const people = new People(core);

/** The list under an `Idempotency-Key`. */
const invite = ({ actor }: Person, key: string, emails: string[]) => {
  const lines = emails.map((value) => ({ recipient: { kind: 'email', value } as const, role: 'user' }));
  const request = { operation: 'POST /auth/invite/bulk', caller: actor, address: '10.2.0.1', key };
  const work = async () => ({
    status: 200,
    body: await core.get(BulkInvitationsService).createAll(actor, lines),
  });
  return core.get(IdempotencyService).answer({ ...request, content: emails }, work, true);
};
const sentTo = async (emails: string[]) => {
  const counts: number[] = [];
  for (const email of emails) counts.push((await core.messages(email, 'invitation')).length);
  return counts;
};

describe('a list of invitations that broke off', () => {
  it('goes on where it was: each line is invited once, and the first one may not go on', async () => {
    const [owner, key] = [await people.owner(), randomUUID()];
    const emails = [uniqueEmail(), uniqueEmail(), uniqueEmail()];
    const invitations = core.get(InvitationsService);
    const create = invitations.create.bind(invitations);
    let begin = () => {};
    // Another request: it begins outside the first one's asynchronous context
    const second = new Promise<void>((resolve) => (begin = resolve)).then(() => invite(owner, key, emails));
    let isTakenOver = false;
    const spied = jest.spyOn(invitations, 'create').mockImplementation(async (actor, line) => {
      if (line.recipient.value === emails[1] && !isTakenOver) {
        await core.query(
          `UPDATE idempotency_records SET claimed_at = '-infinity' WHERE answer_encrypted IS NULL`,
        );
        isTakenOver = true;
        begin();
        await second;
      }
      return create(actor, line);
    });
    try {
      expect(await endOf(invite(owner, key, emails))).toBe('idempotency_key_in_use');
    } finally {
      spied.mockRestore();
    }
    const results = (await second).body as CreatedInvitation[];
    expect(results.map(({ recipient }) => recipient.value)).toEqual(emails);
    expect(results.every(({ expiresAt }) => expiresAt instanceof Date)).toBe(true);
    expect(await sentTo(emails)).toEqual([1, 1, 1]);
    const rows = await core.query<{ id: string }>(
      'SELECT id FROM invitations WHERE email = ANY ($1) AND revoked_at IS NULL',
      [emails],
    );
    expect(rows.map(({ id }) => id).sort()).toEqual(results.map(({ id }) => id).sort());
    expect(await invite(owner, key, emails)).toMatchObject({ isReplayed: true });
    expect(await sentTo(emails)).toEqual([1, 1, 1]);
  });
});
