/** Changes that people make to their account, changes made for them, and the notices about them. */
export const ACCOUNT_BREAKS = [
  {
    name: 'email-changed-without-the-password',
    lost: 'a new e-mail address requires the password, whatever the age of the session',
    edits: [
      {
        file: 'src/modules/auth/account.service.ts',
        find: `      await this.reauthentication.byPasswordIfAny(actor, currentPassword);`,
        replace: `      if (currentPassword !== undefined)\n        await this.reauthentication.byPasswordIfAny(actor, currentPassword);`,
      },
    ],
    tests: ['test/e2e/primary/profile.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'second-factor-changed-without-the-password',
    lost: 'turning the second factor off and issuing backup codes require a code beside the password',
    edits: [
      {
        file: 'src/modules/two-factor/two-factor-changes.service.ts',
        find: `    await this.reauthentication.byPassword(actor, password, 'password');`,
        replace: `    void password;`,
      },
    ],
    tests: ['test/e2e/primary/two-factor-changes.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'sessions-outlive-an-operators-reset',
    lost: 'an operator who resets a second factor ends every session',
    edits: [
      {
        file: 'src/modules/credential-revocation/credential-revocation.service.ts',
        find: `: this.sessions.endAll(tx, user.id, event));`,
        replace: `: event === 'two_factor_reset' ? 0 : this.sessions.endAll(tx, user.id, event));`,
      },
    ],
    tests: ['src/modules/operators/second-factor-removal.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'strangers-told-again-and-again',
    lost: 'an unverified address gets the first notice of an account and no other',
    edits: [
      {
        file: 'src/modules/messaging/notices.service.ts',
        find: `      if (recipient.unconfirmed && !isAlways && !(await this.isFirst(tx, id, recipient))) return;`,
        replace: `      if (recipient.unconfirmed && !isAlways) await this.isFirst(tx, id, recipient);`,
      },
    ],
    tests: ['test/e2e/primary/notices.e2e-spec.ts', 'test/e2e/primary/send-limits.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'dropped-identifier-not-told',
    lost: 'after a take-over every address and number involved gets a notice',
    edits: [
      {
        file: 'src/modules/identifiers/account-takeover.service.ts',
        find: `    for (const claim of claimsOf(user)) {`,
        replace: `    for (const claim of [verified]) {`,
      },
    ],
    tests: ['test/e2e/primary/takeover.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'counts-locked-in-the-order-of-their-keys',
    lost: 'a right and a wrong guess at the same time lock their counts in one order',
    edits: [
      {
        file: 'src/modules/attempts/attempts.service.ts',
        find: `    return subjects.toSorted().map((subject) => this.subjectKey(subject));`,
        replace: `    return subjects
      .map((subject) => this.subjectKey(subject))
      .sort((one, other) => Buffer.compare(one, other));`,
      },
    ],
    tests: ['src/modules/attempts/attempts.service.int-spec.ts'],
    attacks: [],
  },
];
