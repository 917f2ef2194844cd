const OAUTH = ['test/e2e/primary/oauth-token.e2e-spec.ts'];

/** Service accounts, and what keeps products apart. */
export const CLIENT_BREAKS = [
  {
    name: 'client-takes-any-scope',
    lost: 'a service account gets no scope that it lacks',
    edits: [
      {
        file: 'src/modules/service-accounts/client-tokens.service.ts',
        find: `if (!wanted?.every((one) => account.scopes.includes(one)))`,
        replace: `if (!wanted)`,
      },
    ],
    tests: OAUTH,
    attacks: [],
  },
  {
    name: 'assertion-used-twice',
    lost: 'an assertion is accepted once',
    edits: [
      {
        file: 'src/modules/service-accounts/client-authentication.service.ts',
        find: `if (!(await this.states.useAssertion(hash, account.id, expiresAt)))`,
        replace: `if ((await this.states.useAssertion(hash, account.id, expiresAt)) === null)`,
      },
    ],
    tests: OAUTH,
    attacks: [],
  },
  {
    name: 'client-guesses-not-counted',
    lost: 'wrong client secrets are slowed down',
    edits: [
      {
        file: 'src/modules/service-accounts/client-authentication.service.ts',
        find: `const subject = \`client:\${id.toLowerCase()}:\${addressBlock(address)}\`;`,
        replace: `const subject = \`client:\${Math.random()}\`;`,
      },
    ],
    tests: ['test/e2e/primary/client-guesses.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'product-account-asks-about-every-product',
    lost: 'a product’s service account learns about callers of that product only',
    edits: [
      {
        file: 'src/access/introspection.service.ts',
        find: `owner.tenantId === reach.tenantId : owner.product === reach.product;`,
        replace: `owner.tenantId === reach.tenantId : true;`,
      },
    ],
    tests: ['test/e2e/primary/service-accounts.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'client-credential-by-anybody',
    lost: 'the credential of a service account is chosen only by who holds what it may do',
    edits: [
      {
        file: 'src/modules/service-accounts/service-accounts.service.ts',
        find: `if (beyond.length > 0) throw new ServiceAccountBeyondActor(beyond);`,
        replace: `if (beyond.length > KEY_SCOPES.length) throw new ServiceAccountBeyondActor(beyond);`,
      },
    ],
    tests: ['test/e2e/primary/service-accounts.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'audience-of-another-product-accepted',
    lost: 'a token of a product with an audience of its own is refused at the others',
    edits: [
      {
        file: 'src/access/product-audiences.ts',
        find: `return this.homeOf(product) === served || audiences.get(product ?? '') === audiences.get(served);`,
        replace: `return this.homeOf(product) === served || served !== '';`,
      },
    ],
    tests: ['test/e2e/product-audiences.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'contract-of-the-path-as-written',
    lost: 'an encoded letter or an absolute form leads to no other contract',
    edits: [
      {
        file: 'src/contracts/shared/contract-paths.module.ts',
        find: `const path = requestPath(target);`,
        replace: `const path = requestPath('') === '' ? target : '';`,
      },
    ],
    tests: ['test/e2e/product-audiences.e2e-spec.ts'],
    attacks: [],
  },
  {
    name: 'stale-token-empties-its-own-account',
    lost: 'a code beside the ended token of the account itself waits for a valid one',
    edits: [
      {
        file: 'src/modules/identifiers/identifier-verification.service.ts',
        find: `    if (isActive && holder.id === formerId) throw new AccessTokenInvalid();\n`,
        replace: ``,
      },
    ],
    tests: ['test/e2e/parity/stale-credentials.e2e-spec.ts'],
    attacks: [],
  },
];
