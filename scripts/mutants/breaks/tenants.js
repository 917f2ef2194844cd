/** What one tenant, or one member of it, cannot do to another. */
export const TENANT_BREAKS = [
  {
    name: 'bulk-invitation-skips-the-level',
    lost: 'nobody invites to a role above their own, in a list either',
    edits: [
      {
        file: 'src/modules/invitations/bulk-invitations.service.ts',
        find: `() => this.invitations.create(actor, line)`,
        replace: `async () => {
        const highest = await this.database.autocommitAcrossTenants.one(
          'SELECT m.user_id AS "userId" FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id ' +
            'WHERE m.tenant_id = $1 ORDER BY r.level DESC LIMIT 1',
          [membershipOf(actor).tenant.id],
        );
        return this.invitations.create({ ...actor, ...(highest as object) }, line);
      }`,
      },
    ],
    tests: ['test/e2e/primary/invitations-bulk.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'role-above-ones-own-granted',
    lost: 'nobody grants a level or a permission that they do not hold',
    edits: [
      {
        file: 'src/modules/tenants/memberships.service.ts',
        find: `if (role.level > grantor.level || !covers(grantor.permissions, role.permissions))`,
        replace: `if (role.level > grantor.level && !covers(grantor.permissions, role.permissions))`,
      },
    ],
    tests: ['test/e2e/primary/roles-levels.e2e-spec.ts', 'test/e2e/primary/members-levels.e2e-spec.ts'],
    attacks: ['roles-editor-climbs'],
  },
  {
    name: 'members-above-changed',
    lost: 'nobody changes a member at or above their own level',
    edits: [
      {
        file: 'src/modules/tenants/member-authority.service.ts',
        find: `if (!isSelf && !isBelow) throw new MemberNotManageable();`,
        replace: `void [isSelf, isBelow];`,
      },
    ],
    tests: ['test/e2e/primary/members-levels.e2e-spec.ts'],
    attacks: ['roles-superiors'],
  },
  {
    name: 'last-owner-leaves',
    lost: 'a tenant keeps its last top-level member',
    edits: [
      {
        file: 'src/modules/tenants/member-authority.service.ts',
        find: `if (!(await this.owners.hasAny(tx))) throw new LastOwner();`,
        replace: `void LastOwner;`,
      },
    ],
    tests: ['test/e2e/primary/members-top-level.e2e-spec.ts'],
    attacks: ['roles-last-owner'],
  },
  {
    name: 'two-owners-leave-at-once',
    lost: 'changes of one tenant come one after the other, under its lock',
    edits: [
      {
        file: 'src/modules/tenants/member-authority.service.ts',
        find: `await this.tenants.lock(tx);`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/members-top-level.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'policy-dropped-from-a-table',
    lost: 'row-level security on every table with rows of tenants',
    edits: [
      {
        file: 'migrations/1795600000001-isolate-tenants.ts',
        find: `  invitations: 'tenant_id',\n`,
        replace: '',
      },
    ],
    tests: ['test/attacks/isolation.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'tenant-scope-not-set',
    lost: 'a transaction in a tenant scope sees no row of another tenant',
    edits: [
      {
        file: 'src/database/database.ts',
        find: `set_config('gatehouse.tenant', $1, true)\`, [tenantId]`,
        replace: `set_config('gatehouse.tenant', $1, true)\`, ['*']`,
      },
    ],
    tests: ['src/database/database.int-spec.ts', 'test/attacks/isolation.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'session-of-another-ended-by-id',
    lost: 'an id of another person gets the response of an id that does not exist',
    edits: [
      {
        file: 'src/modules/sessions/sessions.repository.ts',
        find: `'user_id = $2 AND id = $3'`,
        replace: `'$2::uuid IS NOT NULL AND id = $3'`,
      },
    ],
    tests: ['test/e2e/primary/sessions.e2e-spec.ts'],
    attacks: ['tenancy-sessions'],
  },
  {
    name: 'inviter-not-asked-again',
    lost: 'an invitation gives what its inviter may give at the time of the acceptance',
    edits: [
      {
        file: 'src/modules/invitations/invitation-policy.service.ts',
        find: `if (!holds(permissions, 'invitations.create')) throw new InvitationAlreadyUsed();`,
        replace: `void holds;`,
      },
    ],
    tests: ['test/e2e/primary/invitation-acceptance.e2e-spec.ts', 'test/e2e/primary/invitations.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'suspended-member-goes-on',
    lost: 'a suspended membership gives no access',
    edits: [
      {
        file: 'src/modules/sessions/session-states.repository.ts',
        find: `ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.status = 'active'`,
        replace: `ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id`,
      },
    ],
    tests: ['test/e2e/primary/members-access.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'unverified-account-reaches-people',
    lost: 'an account without a verified identifier invites nobody and changes nobody',
    edits: [
      {
        file: 'src/modules/tenants/member-authority.service.ts',
        find: `if (!isVerified) throw new IdentifierUnverified();`,
        replace: `void isVerified;`,
      },
    ],
    tests: ['test/e2e/primary/identifier-unverified.e2e-spec.ts'],
    attacks: ['recovery-unverified-reaches-nobody'],
  },
  {
    name: 'search-of-another-tenant',
    lost: 'the texts of a search are found in the tenant in scope only',
    edits: [
      {
        file: 'migrations/2026112731300-search-members-of-a-tenant.ts',
        find: `IF current_setting('gatehouse.tenant', true) IN ('*', tenant::text) THEN`,
        replace: `IF true THEN`,
      },
    ],
    tests: ['src/modules/tenants/members-search-index.int-spec.ts'],
    attacks: [],
  },
];
