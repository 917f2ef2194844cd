/** Passwords, links, codes and second factors: counted before they are compared, bound, and spent once. */
export const CREDENTIAL_BREAKS = [
  {
    name: 'password-cut-at-72-bytes',
    lost: 'every byte of a password counts',
    edits: [
      {
        file: 'src/modules/passwords/password-hasher.ts',
        find: `Buffer.from(normalize(password, 'NFC'))`,
        replace: `Buffer.from(normalize(password, 'NFC')).subarray(0, 72)`,
      },
    ],
    tests: ['test/e2e/primary/passwords.e2e-spec.ts', 'src/modules/passwords/password-hasher.spec.ts'],
    attacks: ['recovery-password-cut'],
  },
  {
    name: 'no-hash-for-nobody',
    lost: 'an unknown account costs the work of a comparison',
    edits: [
      {
        file: 'src/modules/passwords/password-hasher.ts',
        find: `const matches = await this.engine.verify(hash ??`,
        replace: `if (hash === null) return false;\n    const matches = await this.engine.verify(hash ??`,
      },
    ],
    tests: ['src/modules/passwords/password-hasher.spec.ts', 'test/e2e/parity/equal-work.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'login-returns-early-for-nobody',
    lost: 'a sign-in without an account is counted and compared like any other',
    edits: [
      {
        file: 'src/modules/auth/password-sign-in.service.ts',
        find: `    const about = { tenantId: tenantId ??`,
        replace: `    if (!account) throw new InvalidCredentials();\n    const about = { tenantId: tenantId ??`,
      },
    ],
    tests: ['test/e2e/parity/equal-work.e2e-spec.ts', 'test/e2e/primary/login-limits.e2e-spec.ts'],
    attacks: ['enumeration-lock-out-onset'],
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
    tests: ['test/e2e/parity/equal-work.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'guess-refunded',
    lost: 'a wrong password stays counted',
    edits: [
      {
        file: 'src/modules/passwords/credentials.service.ts',
        find: `if (right) await this.attempts`,
        replace: `if (found.credential) await this.attempts`,
      },
    ],
    tests: ['test/e2e/primary/login-limits.e2e-spec.ts'],
    attacks: ['limits-sixth-password'],
  },
  {
    name: 'second-factor-guess-refunded',
    lost: 'a wrong code of a second factor stays counted for the person',
    edits: [
      {
        file: 'src/modules/two-factor/second-factor.service.ts',
        find: `if (error instanceof TwoFactorCodeInvalid)`,
        replace: `await this.attempts.succeeded(guess.counted);\n        if (error instanceof TwoFactorCodeInvalid)`,
      },
    ],
    tests: ['test/e2e/primary/two-factor-guesses.e2e-spec.ts'],
    attacks: ['second-factor-new-temp-token'],
  },
  {
    name: 'temp-token-guessed-without-end',
    lost: 'a temp token has five attempts',
    edits: [
      {
        file: 'src/modules/auth/second-factor-sign-in.service.ts',
        find: `reserve(userId, tenantId, origin, pending)`,
        replace: `reserve(userId, tenantId, origin)`,
      },
    ],
    tests: ['test/e2e/primary/two-factor-guesses.e2e-spec.ts', 'test/e2e/parity/temp-token.e2e-spec.ts'],
    attacks: ['second-factor-sixth-guess'],
  },
  {
    name: 'code-attempt-read-then-written',
    lost: 'an attempt at a code is reserved in one statement',
    edits: [
      {
        file: 'src/modules/otp/otp-challenges.repository.ts',
        find: `c.expires_at > now()\n    FOR NO KEY UPDATE OF c`,
        replace: `c.expires_at > now()`,
      },
      {
        file: 'src/modules/otp/otp-challenges.repository.ts',
        find: `SET attempts_left = c.attempts_left - 1 FROM target`,
        replace: `SET attempts_left = GREATEST(c.attempts_left - 1, 0) FROM target`,
      },
    ],
    tests: ['test/attacks/bound-secrets.e2e-spec.ts', 'test/e2e/primary/otp-attempts.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'code-good-for-any-purpose',
    lost: 'a code works for its purpose only',
    edits: [
      {
        file: 'src/modules/otp/otp-challenges.repository.ts',
        find: `WHERE c.purpose = $8 AND`,
        replace: `WHERE $8::text <> '' AND`,
      },
      {
        file: 'src/modules/otp/otp-codes.ts',
        find: '`${id}:${purpose}:${kind}:${value}:${code}`',
        replace: '`${id}:${kind}:${value}:${code}`',
      },
    ],
    tests: ['test/e2e/primary/otp-attempts.e2e-spec.ts'],
    attacks: ['codes-sign-in-for-recovery'],
  },
  {
    name: 'code-used-twice',
    lost: 'of parallel uses of a code one succeeds',
    edits: [
      {
        file: 'src/modules/otp/otp-challenges.repository.ts',
        find: `WHERE id = $1 AND consumed_at IS NULL AND expires_at > now()`,
        replace: `WHERE id = $1 AND expires_at > now()`,
      },
    ],
    tests: ['test/e2e/primary/otp-attempts.e2e-spec.ts', 'test/e2e/primary/otp-recovery.e2e-spec.ts'],
    attacks: ['codes-used-once'],
  },
  {
    name: 'codes-together-over-budget',
    lost: 'codes that are recorded together stay within the budgets, as each alone does',
    edits: [
      {
        file: 'migrations/2026112731530-record-codes-together.ts',
        find: `COALESCE(bool_or(t.total > maxima[w.place] OR (w.place = 1 AND t.total > hold_after)), false),`,
        replace: `false,`,
      },
    ],
    tests: ['src/modules/otp/otp-requests.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'link-used-twice',
    lost: 'of parallel uses of a link one succeeds',
    edits: [
      {
        file: 'src/modules/secrets/secrets.repository.ts',
        find: `AND hash = $2 AND used_at IS NULL AND expires_at > now()`,
        replace: `AND hash = $2 AND expires_at > now()`,
      },
    ],
    tests: ['test/e2e/primary/recovery.e2e-spec.ts', 'test/e2e/primary/registration.e2e-spec.ts'],
    attacks: ['recovery-link-once'],
  },
  {
    name: 'totp-step-accepted-again',
    lost: 'a code of an authenticator is accepted once',
    edits: [
      {
        file: 'src/modules/two-factor/totp-factors.repository.ts',
        find: `last_step < $2 AND`,
        replace: `last_step <= $2 AND`,
      },
    ],
    tests: ['test/e2e/primary/two-factor-sign-in.e2e-spec.ts'],
    attacks: ['second-factor-replay'],
  },
  {
    name: 'backup-code-not-spent',
    lost: 'a backup code is accepted once',
    edits: [
      {
        file: 'src/modules/two-factor/recovery-codes.repository.ts',
        find: `r SET used_at = now() FROM`,
        replace: `r SET used_at = NULL FROM`,
      },
    ],
    tests: [
      'test/e2e/primary/two-factor-sign-in.e2e-spec.ts',
      'test/e2e/primary/two-factor-changes.e2e-spec.ts',
    ],
    attacks: ['second-factor-backup-code-twice'],
  },
  {
    name: 'second-factor-skipped-by-invitation',
    lost: 'a second factor is required in every way to sign in',
    edits: [
      {
        file: 'src/modules/auth/sign-in.service.ts',
        find: `await this.stepUp.assess(tx, authentication);`,
        replace: `authentication.method === 'link' ? 'trusted-device' : await this.stepUp.assess(tx, authentication);`,
      },
    ],
    tests: ['test/e2e/parity/two-factor.e2e-spec.ts', 'test/e2e/primary/two-factor-sign-in.e2e-spec.ts'],
    attacks: ['second-factor-invitation'],
  },
  {
    name: 'verification-link-in-another-session',
    lost: 'a verification link counts only in the session of the account it was sent for',
    edits: [
      {
        file: 'src/modules/profile/email-verification.service.ts',
        find: `secret?.subjectId !== actor.userId`,
        replace: `!secret`,
      },
    ],
    tests: ['test/attacks/bound-secrets.e2e-spec.ts', 'test/e2e/primary/email-verification.e2e-spec.ts'],
    attacks: ['recovery-verification-foreign-session'],
  },
  {
    name: 'takeover-keeps-the-keys',
    lost: 'an account that was taken over keeps no earlier API key',
    edits: [
      {
        file: 'src/modules/credential-revocation/credential-revocation.service.ts',
        find: `if (apiKeys === 'all') await this.apiKeys.revokeForeign(tx, id, origin);`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/takeover.e2e-spec.ts', 'test/e2e/primary/claimed-identifiers.e2e-spec.ts'],
    attacks: ['recovery-claim-reset'],
  },
  {
    name: 'takeover-keeps-the-sessions',
    lost: 'an account that was taken over keeps no earlier session',
    edits: [
      {
        file: 'src/modules/credential-revocation/credential-revocation.service.ts',
        find: `: this.sessions.endAll(tx, user.id, event));`,
        replace: `: event === 'account_taken_over' ? 0 : this.sessions.endAll(tx, user.id, event));`,
      },
    ],
    tests: ['test/e2e/primary/takeover.e2e-spec.ts', 'test/e2e/primary/claimed-identifiers.e2e-spec.ts'],
    attacks: [],
  },
];
