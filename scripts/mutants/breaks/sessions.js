/** What ends a session, and what a refresh token can still do. */
export const SESSION_BREAKS = [
  {
    name: 'sessions-outlive-a-password-change',
    lost: 'a change of the password ends every other session',
    edits: [
      {
        file: 'src/modules/credential-revocation/credential-revocation.service.ts',
        find: `? this.sessions.endOthers(tx, except, event)`,
        replace: `? 0`,
      },
    ],
    tests: ['test/e2e/primary/change-password.e2e-spec.ts'],
    attacks: ['tokens-password-change-others'],
  },
  {
    name: 'sessions-outlive-a-recovery',
    lost: 'a recovery ends every session',
    edits: [
      {
        file: 'src/modules/credential-revocation/credential-revocation.service.ts',
        find: `: this.sessions.endAll(tx, user.id, event));`,
        replace: `: event === 'password_recovered' ? 0 : this.sessions.endAll(tx, user.id, event));`,
      },
    ],
    tests: ['test/e2e/primary/recovery.e2e-spec.ts'],
    attacks: ['recovery-ends-sessions'],
  },
  {
    name: 'session-without-second-factor-lives',
    lost: 'a session without a second factor is refused once the person has one',
    edits: [
      {
        file: 'src/modules/sessions/session-state.ts',
        find: `if (row.two_factor_enabled && !row.multi_factor && !impersonation) return null;`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/two-factor-sign-in.e2e-spec.ts', 'test/e2e/parity/two-factor.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'unlimited-grace',
    lost: 'a rotated refresh token returns its successor for seconds only',
    edits: [
      {
        file: 'src/modules/sessions/session-rotation.repository.ts',
        find: `s.rotated_at + make_interval(secs => $4::float8) > now() AS "isInGrace"`,
        replace: `s.rotated_at + make_interval(secs => $4::float8 + 1e9) > now() AS "isInGrace"`,
      },
    ],
    tests: ['test/e2e/primary/refresh.e2e-spec.ts'],
    attacks: ['tokens-refresh-after-grace'],
  },
  {
    name: 'refresh-uses-up-the-token-of-a-suspended-tenant',
    lost: 'a refresh while the tenant is suspended rotates nothing, so that the session works again once it is restored',
    edits: [
      {
        file: 'src/modules/sessions/session-rotation.repository.ts',
        find: `(t.status <> 'active' OR \${isTooOld('sessions.created_at')}))`,
        replace: `\${isTooOld('sessions.created_at')})`,
      },
    ],
    tests: ['src/modules/sessions/sessions.int-spec.ts'],
    attacks: [],
  },
  {
    name: 'family-survives-reuse',
    lost: 'a refresh token used again ends its session',
    edits: [
      {
        file: 'src/modules/sessions/refresh.service.ts',
        find: `if (session.isSuperseded) await this.endFamily(session.state, origin);`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/refresh.e2e-spec.ts'],
    attacks: ['tokens-refresh-older'],
  },
  {
    name: 'old-token-survives-a-switch',
    lost: 'an organisation switch ends the access token it was requested with',
    edits: [
      {
        file: 'src/modules/sessions/session-switch.repository.ts',
        find: `UPDATE sessions SET tenant_id = $4, token_version = \${NEXT_VERSION},`,
        replace: `UPDATE sessions SET tenant_id = $4, token_version = token_version,`,
      },
    ],
    tests: ['test/e2e/primary/organisations.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'revoked-session-lives',
    lost: 'a session that was ended is refused at the next request',
    edits: [
      {
        file: 'src/modules/sessions/session-states.repository.ts',
        find: '`s.revoked_at IS NULL AND s.idle_expires_at > now()`',
        replace: '`s.idle_expires_at > now()`',
      },
    ],
    tests: ['test/e2e/primary/access.e2e-spec.ts'],
    attacks: ['tokens-logout'],
  },
  {
    name: 'cookie-for-a-page-of-any-origin',
    lost: 'a browser session is opened and refreshed only by pages of the listed origins',
    edits: [
      {
        file: 'src/access/browser-session.ts',
        find: `    assertBrowserOrigin(request.headers, this.origins);\n`,
        replace: `    if (this.origins.size === 0) assertBrowserOrigin(request.headers, this.origins);\n`,
      },
    ],
    tests: ['test/attacks/browser-sessions.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'refresh-token-moves-between-body-and-cookie',
    lost: 'a refresh token is accepted only in the place, body or cookie, where its session keeps it',
    edits: [
      {
        file: 'src/modules/sessions/refresh.service.ts',
        find: `if (!claims || claims.inCookie !== (origin.inCookie ?? false)) throw`,
        replace: `if (!claims) throw`,
      },
    ],
    tests: ['test/e2e/primary/browser-sessions.e2e-spec.ts'],
    attacks: [],
  },
];
