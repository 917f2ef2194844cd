/** What a server checks before any handler runs, and with which settings it refuses to start. */
export const SURROUNDINGS_BREAKS = [
  {
    name: 'settings-not-checked-in-production',
    lost: 'production refuses a key that can be guessed',
    edits: [
      {
        file: 'src/config/production.ts',
        find: `    ...findWeakSecrets(values),`,
        replace: `    ...(findWeakSecrets(values) && []),`,
      },
    ],
    tests: ['test/structure/configuration.spec.ts'],
    attacks: [],
  },
  {
    name: 'hash-costs-not-checked-in-production',
    lost: 'production refuses hash costs below the floor',
    edits: [
      {
        file: 'src/config/production.ts',
        find: `    ...findWeakHashes(values),`,
        replace: `    ...(findWeakHashes(values) && []),`,
      },
    ],
    tests: ['test/structure/configuration.spec.ts'],
    attacks: [],
  },
  {
    name: 'headers-wait-as-long-as-the-request',
    lost: 'a request whose headers do not end is aborted after HTTP_HEADERS_SECONDS',
    edits: [
      {
        file: 'src/http/http-timers.ts',
        find: `headersTimeout: config.HTTP_HEADERS_SECONDS * 1000,`,
        replace: `headersTimeout: config.HTTP_REQUEST_SECONDS * 1000,`,
      },
    ],
    tests: ['src/http/http-timers.spec.ts'],
    attacks: [],
  },
  {
    name: 'field-errors-without-end',
    lost: 'an error response lists a limited number of invalid fields',
    edits: [
      {
        file: 'src/common/app-error.ts',
        find: `    .slice(0, MAX_FIELD_ERRORS)`,
        replace: `    .slice(0, MAX_FIELD_ERRORS * 1000)`,
      },
    ],
    tests: ['src/common/app-error.spec.ts'],
    attacks: [],
  },
  {
    name: 'work-before-the-length',
    lost: 'no text is converted before its length is checked',
    edits: [
      {
        file: 'src/common/email-address.ts',
        find: `  if (input.length > maxInput) return null;`,
        replace: `  void maxInput;`,
      },
    ],
    tests: ['src/common/email-address.spec.ts', 'test/attacks/long-texts.e2e-spec.ts'],
    attacks: ['input-work-domain', 'input-work-marks'],
  },
  {
    name: 'inbox-answers-to-any-host',
    lost: 'the development inbox answers only to names that nobody can bind to this machine',
    edits: [
      {
        file: 'src/access/development-host.guard.ts',
        find: `    if (hosts.length === 0 || !claimed.every((host) => this.isAllowed(host))) throw new HostNotAllowed();`,
        replace: `    if (claimed.every((host) => this.isAllowed(host)) === null) throw new HostNotAllowed();`,
      },
    ],
    tests: ['test/attacks/dns-rebinding.e2e-spec.ts'],
    attacks: [],
  },
];
