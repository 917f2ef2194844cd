const OPERATORS = ['src/modules/operator-accounts/operator-accounts.int-spec.ts'];
const IMPORT = ['src/modules/people-import/people-import.int-spec.ts'];

/** Operators, what they block and suspend, and what they import. */
export const OPERATOR_BREAKS = [
  {
    name: 'operator-from-anywhere',
    lost: 'an operator’s token ends as soon as its address is allowed no more',
    edits: [
      {
        file: 'src/modules/operator-accounts/operator-sessions.service.ts',
        find: `if (!isThere || !isAllowed(session, origin))`,
        replace: `if (!isThere)`,
      },
    ],
    tests: OPERATORS,
    attacks: [],
  },
  {
    name: 'operator-code-accepted-again',
    lost: 'an operator’s code is accepted once',
    edits: [
      {
        file: 'src/modules/operator-accounts/operators.repository.ts',
        find: `WHERE id = $1 AND last_step < $2 AND disabled_at IS NULL`,
        replace: `WHERE id = $1 AND last_step <= $2 AND disabled_at IS NULL`,
      },
    ],
    tests: OPERATORS,
    attacks: [],
  },
  {
    name: 'disabled-operator-signs-in',
    lost: 'a disabled operator does not sign in',
    edits: [
      {
        file: 'src/modules/operator-accounts/operator-sign-in.service.ts',
        find: `found && !found.isDisabled && isAllowed(`,
        replace: `found && isAllowed(`,
      },
      {
        file: 'src/modules/operator-accounts/operators.repository.ts',
        find: `WHERE id = $1 AND last_step < $2 AND disabled_at IS NULL`,
        replace: `WHERE id = $1 AND last_step < $2`,
      },
    ],
    tests: OPERATORS,
    attacks: [],
  },
  {
    name: 'blocked-person-goes-on',
    lost: 'a block ends every session of the person',
    edits: [
      {
        file: 'src/modules/operators/person-block.service.ts',
        find: `const { sessions } = await this.revocation.revoke(tx, user, 'person_blocked', { origin });`,
        replace: `const sessions = 2;`,
      },
    ],
    tests: ['src/modules/operators/person-block.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'suspended-tenant-goes-on',
    lost: 'a session in a suspended tenant gives no access',
    edits: [
      {
        file: 'src/modules/sessions/session-states.repository.ts',
        find: `JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'`,
        replace: `JOIN tenants t ON t.id = m.tenant_id`,
      },
    ],
    tests: ['src/modules/operators/tenant-deletion.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'imported-hash-of-any-cost',
    lost: 'an imported hash has a limited cost',
    edits: [
      {
        file: 'src/modules/passwords/foreign/crypt-texts.ts',
        find: `return Number(cost) > MAX_BCRYPT_COST ?`,
        replace: `return Number(cost) > 31 ?`,
      },
    ],
    tests: ['src/modules/passwords/foreign/foreign-hash.spec.ts'],
    attacks: [],
  },
  {
    name: 'broken-line-half-imported',
    lost: 'nothing is imported of a line that is refused',
    edits: [
      {
        file: 'src/modules/people-import/person-import.service.ts',
        find: `?? findRefusal(record, known, run);`,
        replace: `?? null;`,
      },
    ],
    tests: IMPORT,
    attacks: [],
  },
  {
    name: 'import-without-the-second-factor',
    lost: 'a person is imported with the second factor or not at all',
    edits: [
      {
        file: 'src/modules/people-import/person-import.service.ts',
        find: `    if (factors.length > 0) await this.factors.insertAll(tx, factors);`,
        replace: `    void factors;`,
      },
    ],
    tests: IMPORT,
    attacks: [],
  },
  {
    name: 'second-factor-skipped-by-direct-sign-in',
    lost: 'a sign-in in one call asks for the second factor that was enabled meanwhile',
    edits: [
      {
        file: 'migrations/2026112710101-admit-sign-ins-in-one-call.ts',
        find: `SELECT NOT EXISTS (SELECT FROM totp_factors f WHERE f.user_id = admit_sign_in.user_id AND f.confirmed_at IS NOT NULL)`,
        replace: `SELECT true`,
      },
    ],
    tests: ['src/modules/auth/direct-sign-ins.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'changed-password-signs-in',
    lost: 'a sign-in in one call compares with the hash that the password has at that moment',
    edits: [
      {
        file: 'migrations/2026112710101-admit-sign-ins-in-one-call.ts',
        find: `AND (current_hash IS NULL OR EXISTS (`,
        replace: `AND (true OR EXISTS (`,
      },
    ],
    tests: ['src/modules/auth/direct-sign-ins.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'impersonation-from-anywhere',
    lost: 'a token in the place of a person works only from where its operator may act',
    edits: [
      {
        file: 'src/access/jwt.strategy.ts',
        find: `if (!isAllowed(impersonation, origin))`,
        replace: `if (impersonation.allowedAddresses.length === 0)`,
      },
    ],
    tests: ['test/e2e/platform/impersonation.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'operator-address-told',
    lost: 'neither people nor tenants are told from where an operator acted',
    edits: [
      {
        file: 'src/modules/audit/audit-events.repository.ts',
        find: `event.tenantId !== null && isOfOperator(origin)`,
        replace: `event.tenantId !== null && origin.byOperator === true`,
      },
    ],
    tests: ['test/e2e/platform/impersonation.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'impersonation-reaches-everything',
    lost: 'an operator in the place of a person reaches only the operations that admit it',
    edits: [
      {
        file: 'src/access/access.guard.ts',
        find: `    if (caller.kind === 'user') assertNoImpersonation(caller, access);\n`,
        replace: `    if (caller.kind === 'user' && access.kind === 'operator') assertNoImpersonation(caller, access);\n`,
      },
    ],
    tests: ['test/e2e/platform/impersonation.e2e-spec.ts'],
    attacks: [],
  },
];
