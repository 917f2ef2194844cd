import { useCore } from '../../../test/support/core.js';
import { untilWaitedFor } from '../../../test/support/locks.js';
import { Keyring } from '../../common/keyring.js';
import { AttemptsModule } from './attempts.module.js';
import { AttemptsService, type Guess } from './attempts.service.js';

const core = useCore([AttemptsModule]);
const { database } = core;
const keyOf = (subject: string) => core.get(Keyring).hmac('attempt-key', `subject:${subject}`);

const inOrder = (subjects: string[]) =>
  subjects.sort((one, other) => Buffer.compare(keyOf(one), keyOf(other)));

/**
 * An attempt whose first subject has a key that sorts before (`rising`) or after (`falling`) that of its second. The keys
 * are random: that every one of 64 sorts behind every one of 64 others has the odds 1 in 10^37.
 */
function guessOf(order: 'rising' | 'falling'): Guess {
  const own = inOrder(Array.from({ length: 64 }, (_, index) => `current-password:${index}`));
  const emails = inOrder(Array.from({ length: 64 }, (_, index) => `password:email:${index}@example.com`));
  const [subject = '', email = ''] =
    order === 'rising' ? [own.at(0), emails.at(-1)] : [own.at(-1), emails.at(0)];
  return { subject, alsoCountedFor: [email], alsoCleared: [email], address: '10.0.0.1' };
}

describe.each(['rising', 'falling'] as const)('guesses at two subjects with %s keys', (order) => {
  it('take turns at them: one that fails, one that is right and one that is forgotten', async () => {
    const [guess, attempts] = [guessOf(order), core.get(AttemptsService)];
    await attempts.reserve(guess, 'current-password');
    await database.query('BEGIN');
    await database.query('SELECT 1 FROM attempts WHERE key = $1 FOR UPDATE', [keyOf(guess.subject)]);

    const failed = attempts.reserve({ ...guess, address: '10.0.0.2' }, 'current-password');
    await untilWaitedFor(database, 1);
    const right = attempts.succeeded(guess);
    await untilWaitedFor(database, 2);
    const forgotten = attempts.forget([...(guess.alsoCleared ?? []), guess.subject]);
    await untilWaitedFor(database, 3);
    await database.query('COMMIT');

    const ends = await Promise.allSettled([failed, right, forgotten]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });
});
