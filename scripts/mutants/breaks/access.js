/** What decides whether a request is accepted: guards, tokens, keys, fields and headers. */
export const ACCESS_BREAKS = [
  {
    name: 'permission-guard-removed',
    lost: 'a permission is checked before a handler runs',
    edits: [
      {
        file: 'src/access/access.guard.ts',
        find: `if (access.kind === 'permission') assertHolds(caller, access);`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/access.e2e-spec.ts', 'test/e2e/primary/members-levels.e2e-spec.ts'],
    attacks: ['roles-matrix-user'],
  },
  {
    name: 'key-is-let-in-everywhere',
    lost: 'an API key manages no account, key, member or role',
    edits: [
      {
        file: 'src/access/access.guard.ts',
        find: `if (caller.kind === 'api-key' && !admitsKeys(access)) throw new ApiKeyNotAllowed();`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/api-keys-reach.e2e-spec.ts'],
    attacks: ['keys-manage-nothing'],
  },
  {
    name: 'enrolment-not-enforced',
    lost: 'a person who must enrol a second factor can do nothing else before',
    edits: [
      {
        file: 'src/access/access.guard.ts',
        find: `if (mustEnrol(caller) && !admitsEnrolling(access)) throw new TwoFactorEnrolmentRequired();`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/two-factor-policy.e2e-spec.ts'],
    attacks: ['second-factor-policy-session'],
  },
  {
    name: 'token-type-not-checked',
    lost: 'an access token has the type at+jwt',
    edits: [
      {
        file: 'src/modules/sessions/access-tokens.service.ts',
        find: `header.typ !== ACCESS_TOKEN_TYPE || `,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/access-token.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'audience-not-checked',
    lost: 'an access token is for this audience',
    edits: [
      {
        file: 'src/modules/sessions/access-tokens.service.ts',
        find: `        audience: this.audiences,\n`,
        replace: '',
      },
    ],
    tests: ['test/e2e/primary/access-token.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'unsigned-token-accepted',
    lost: 'a signature is checked, whatever algorithm the header names',
    edits: [
      {
        file: 'src/modules/sessions/access-tokens.service.ts',
        find: `if (!key) throw new AccessTokenInvalid();`,
        replace: `if (!key && /^eyJhbGciOiJub25lI/.test(token))
      return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as AccessClaims;
    if (!key) throw new AccessTokenInvalid();`,
      },
    ],
    tests: ['test/e2e/primary/access-token.e2e-spec.ts'],
    attacks: ['tokens-alg-none'],
  },
  {
    name: 'key-good-after-revocation',
    lost: 'a revoked key is refused at once, not after a minute in a cache',
    edits: [
      {
        file: 'src/modules/api-keys/api-key-verification.service.ts',
        find: `import DataLoader from 'dataloader';`,
        replace: `import DataLoader from 'dataloader';\nimport { LRUCache } from 'lru-cache';`,
      },
      {
        file: 'src/modules/api-keys/api-key-verification.service.ts',
        find: `cache: false,`,
        replace: `cacheMap: new LRUCache<string, Promise<KeyState | null>>({ max: 1000, ttl: 60_000 }),`,
      },
    ],
    tests: ['test/e2e/primary/api-keys-use.e2e-spec.ts', 'test/e2e/primary/api-keys.e2e-spec.ts'],
    attacks: ['keys-revoked'],
  },
  {
    name: 'key-outlives-its-owners-rights',
    lost: 'a key may do what its owner may at this moment, and no more',
    edits: [
      {
        file: 'src/modules/api-keys/scopes.ts',
        find: `held && allowed.has(`,
        replace: `allowed.has(`,
      },
    ],
    tests: ['test/e2e/primary/api-keys-use.e2e-spec.ts'],
    attacks: ['keys-demoted-owner'],
  },
  {
    name: 'unknown-fields-accepted',
    lost: 'a field that an operation does not know is refused',
    edits: [
      {
        file: 'src/access/validation.ts',
        find: `forbidNonWhitelisted: true`,
        replace: `forbidNonWhitelisted: false`,
      },
    ],
    tests: ['test/e2e/primary/registration.e2e-spec.ts', 'test/e2e/primary/members.e2e-spec.ts'],
    attacks: ['input-registration-columns'],
  },
  {
    name: 'answers-may-be-stored',
    lost: 'Cache-Control: no-store on every answer',
    edits: [{ file: 'src/http/headers.ts', find: `'cache-control': 'no-store',`, replace: '' }],
    tests: ['test/attacks/http-surface.e2e-spec.ts'],
    attacks: ['tokens-not-stored'],
  },
  {
    name: 'any-origin-reflected',
    lost: 'only listed origins are named in CORS headers',
    edits: [
      {
        file: 'src/http/cors.ts',
        find: `    origin !== undefined &&\n`,
        replace: `    origin !== undefined ||\n`,
      },
    ],
    tests: ['test/attacks/cors.e2e-spec.ts'],
    attacks: ['input-origins'],
  },
  {
    name: 'forwarded-header-trusted',
    lost: 'no header of the client determines its address',
    edits: [
      {
        file: 'src/http/create-app.ts',
        find: `config.TRUST_PROXY : false`,
        replace: `config.TRUST_PROXY : true`,
      },
    ],
    tests: ['test/e2e/primary/login-limits.e2e-spec.ts', 'test/e2e/primary/sessions.e2e-spec.ts'],
    attacks: ['limits-forwarded-for'],
  },
  {
    name: 'secret-in-the-log',
    lost: 'the request log contains the route and not the path, which may contain a token',
    edits: [
      {
        file: 'src/http/request-log.ts',
        find: `route: request.routeOptions.url ?? 'unknown'`,
        replace: `route: request.url`,
      },
    ],
    tests: ['test/attacks/log.e2e-spec.ts', 'test/e2e/primary/recovery.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'role-known-by-its-id',
    lost: 'a change of a role applies to the next request',
    edits: [
      {
        file: 'src/modules/sessions/session-states.repository.ts',
        find: `COALESCE(r.revision, r.id) AS role_revision`,
        replace: `r.id AS role_revision`,
      },
    ],
    tests: ['src/modules/sessions/role-revisions.int-spec.ts'],
    attacks: [],
  },
];
