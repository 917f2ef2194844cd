/** Passwords, links, codes and second factors: counted before they are compared, bound, and spent once. */
export const CREDENTIAL_BREAKS = [
  {
    name: 'password-cut-at-72-bytes',
    lost: 'every byte of a password counts',
    edits: [
      {
        file: 'src/modules/passwords/password-hasher.ts',
        find: `Buffer.from(password.normalize('NFC'))`,
        replace: `Buffer.from(password.normalize('NFC')).subarray(0, 72)`,
      },
    ],
    tests: ['test/e2e/primary/passwords.e2e-spec.ts', 'src/modules/passwords/password-hasher.spec.ts'],
    attacks: [],
  },
  {
    name: 'no-hash-for-nobody',
    lost: 'an unknown account costs the work of a comparison',
    edits: [
      {
        file: 'src/modules/passwords/password-hasher.ts',
        find: `    const matches = await engine.verify(hash ??`,
        replace: `    if (hash === null) return false;\n    const matches = await engine.verify(hash ??`,
      },
    ],
    tests: ['src/modules/passwords/password-hasher.spec.ts', 'test/attacks/same-work.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'login-returns-early-for-nobody',
    lost: 'a sign-in to no account is counted and compared like any other',
    edits: [
      {
        file: 'src/modules/auth/password-sign-in.service.ts',
        find: `    const about = { tenantId: tenantId ??`,
        replace: `    if (!account) throw new InvalidCredentials();\n    const about = { tenantId: tenantId ??`,
      },
    ],
    tests: ['test/attacks/same-work.e2e-spec.ts', 'test/e2e/primary/login-limits.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'recovery-returns-early-for-nobody',
    lost: 'forgot-password does the same work for an unknown address',
    edits: [
      {
        file: 'src/modules/auth/recovery.service.ts',
        find: `await this.database.acrossTenants((tx) => this.sendLink(`,
        replace: `if (user) await this.database.acrossTenants((tx) => this.sendLink(`,
      },
    ],
    tests: ['test/attacks/same-work.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'guess-refunded',
    lost: 'a wrong password stays counted',
    edits: [
      {
        file: 'src/modules/passwords/credentials.service.ts',
        find: `    await this.countFailure(credential);\n    return false;`,
        replace: `    await this.attempts.succeeded(guess);\n    return false;`,
      },
    ],
    tests: ['test/e2e/primary/login-limits.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'attempt-counted-in-the-transaction',
    lost: 'a guess at a second factor is counted by itself, so that no rollback gives it back',
    edits: [
      {
        file: 'src/modules/auth/second-factor-sign-in.service.ts',
        find: `    await this.pending.reserve(pending);\n`,
        replace: '',
      },
      {
        file: 'src/modules/auth/second-factor-sign-in.service.ts',
        find: `await this.pending.consume(tx, tempToken);`,
        replace: `await this.pending.reserve(pending);\n      await this.pending.consume(tx, tempToken);`,
      },
    ],
    tests: ['test/e2e/primary/two-factor-guesses.e2e-spec.ts', 'test/e2e/parity/temp-token.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'code-attempt-read-then-written',
    lost: 'an attempt at a code is reserved in one statement',
    edits: [
      {
        file: 'src/modules/otp/otp.queries.ts',
        find: `    UPDATE otp_challenges SET attempts_left = attempts_left - 1
    WHERE purpose = $1 AND identifier_hash = $2
      AND attempts_left > 0 AND consumed_at IS NULL AND expires_at > now()
    RETURNING id, code_hash`,
        replace: `    WITH c AS (
      SELECT id, code_hash FROM otp_challenges WHERE purpose = $1 AND identifier_hash = $2
        AND attempts_left > 0 AND consumed_at IS NULL AND expires_at > now()
    ), u AS (
      UPDATE otp_challenges o SET attempts_left = GREATEST(o.attempts_left - 1, 0) FROM c WHERE o.id = c.id
    )
    SELECT id, code_hash FROM c`,
      },
    ],
    tests: ['test/attacks/bound-secrets.e2e-spec.ts', 'test/e2e/primary/otp-attempts.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'code-good-for-any-purpose',
    lost: 'a code opens what it was sent for',
    edits: [
      {
        file: 'src/modules/otp/otp.queries.ts',
        find: `    WHERE purpose = $1 AND identifier_hash = $2
      AND attempts_left`,
        replace: `    WHERE $1 <> '' AND identifier_hash = $2
      AND attempts_left`,
      },
      {
        file: 'src/modules/otp/otp.service.ts',
        find: '`${id}:${purpose}:${kind}:${value}:${code}`',
        replace: '`${id}:${kind}:${value}:${code}`',
      },
    ],
    tests: ['test/e2e/primary/otp-attempts.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'code-used-twice',
    lost: 'of parallel uses of a code one succeeds',
    edits: [
      {
        file: 'src/modules/otp/otp.queries.ts',
        find: `WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() RETURNING id`,
        replace: `WHERE id = $1 AND expires_at > now() RETURNING id`,
      },
    ],
    tests: ['test/e2e/primary/otp-attempts.e2e-spec.ts', 'test/e2e/primary/otp-recovery.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'link-used-twice',
    lost: 'of parallel uses of a link one succeeds',
    edits: [
      {
        file: 'src/modules/secrets/secrets.service.ts',
        find: `AND hash = ANY($2) AND used_at IS NULL AND expires_at > now()`,
        replace: `AND hash = ANY($2) AND expires_at > now()`,
      },
    ],
    tests: ['test/e2e/primary/recovery.e2e-spec.ts', 'test/e2e/primary/registration.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'totp-step-accepted-again',
    lost: 'a code of an authenticator counts once',
    edits: [
      {
        file: 'src/modules/two-factor/totp-factors.queries.ts',
        find: `last_step < $2 AND`,
        replace: `last_step <= $2 AND`,
      },
    ],
    tests: ['test/e2e/primary/two-factor-sign-in.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'backup-code-not-spent',
    lost: 'a backup code is good once',
    edits: [
      {
        file: 'src/modules/two-factor/recovery-codes.service.ts',
        find: `r SET used_at = now() FROM`,
        replace: `r SET used_at = NULL FROM`,
      },
    ],
    tests: [
      'test/e2e/primary/two-factor-sign-in.e2e-spec.ts',
      'test/e2e/primary/two-factor-changes.e2e-spec.ts',
    ],
    attacks: [],
  },
  {
    name: 'second-factor-skipped-by-invitation',
    lost: 'who has a second factor is asked for it, whatever way they come in',
    edits: [
      {
        file: 'src/modules/auth/sign-in.service.ts',
        find: `await this.stepUp.assess(tx, proof);`,
        replace: `proof.method === 'link' ? 'trusted-device' : await this.stepUp.assess(tx, proof);`,
      },
    ],
    tests: ['test/e2e/parity/two-factor.e2e-spec.ts', 'test/e2e/primary/two-factor-sign-in.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'verification-link-in-another-session',
    lost: 'a verification link counts only in the session of the account it was sent for',
    edits: [
      {
        file: 'src/modules/users/email-verification.service.ts',
        find: `secret?.subjectId !== actor.userId`,
        replace: `!secret`,
      },
    ],
    tests: ['test/attacks/bound-secrets.e2e-spec.ts', 'test/e2e/primary/email-verification.e2e-spec.ts'],
    attacks: [],
  },
];
