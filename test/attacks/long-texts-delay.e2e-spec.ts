import { PASSWORD, unique, uniqueEmail } from '../support/given.js';
import { HOSTILE_TEXTS } from '../support/hostile-texts.js';
import { type OpenApiDocument, operationsInPageOrder } from '../support/openapi.js';
import { PlainClient } from '../support/plain-client.js';
import { type PlacedRequest, requestWith, stringPlacesOf } from '../support/string-places.js';
import { useSharedApp } from '../support/test-app.js';

/*
 * How long others wait for one request of 100 KiB, in milliseconds: a figure for people, from a machine that does
 * nothing else. Nothing is asserted, and the suite leaves it out. By hand:
 *
 *   MEASURE_DELAYS=1 npm run --silent test:e2e -- --testPathPatterns long-texts-delay
 */
const BODY_BYTES = 99 * 1024;
const ROUNDS = 3;
const TOP = 40;

interface Case extends PlacedRequest {
  name: string;
}

const json = (method: string, path: string, body: unknown): PlacedRequest => ({
  method,
  path,
  body: JSON.stringify(body),
});

const many = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));

/** Bodies that are large in another way than by one text. */
function wholeBodies(): Case[] {
  const registration = {
    companyName: 'Company UNIQUE',
    firstName: 'Ada',
    lastName: 'Byron',
    password: PASSWORD,
  };
  const hard = ['1/1/19', '4@8({[<|!', '0123456789', 'a1', '{c[(<', 'oO0(', '|!1/7'];
  const domain = (index: number) => `${'ü'.repeat(60)}${index}.${'中'.repeat(30)}.com`;
  const email = (index: number) => `a${index}@${'中文域名'.repeat(5)}.${'ü'.repeat(40)}.com`;
  const bodies: Record<string, PlacedRequest> = {
    'a thousand unknown members': json(
      'POST',
      '/auth/login',
      Object.fromEntries(many(1000, (n) => [`k${n}${'~'.repeat(90)}`, n])),
    ),
    'one long unknown member': json('POST', '/auth/login', { ['~/'.repeat(49_000)]: 1 }),
    'a thousand domains': json('PATCH', '/tenants/current', {
      policies: { invitationDomains: many(900, (n) => `${'ü'.repeat(40)}${n}.com`) },
    }),
    'a hundred domains': json('PATCH', '/tenants/current', {
      policies: { invitationDomains: many(100, domain) },
    }),
    'a hundred invitations': json('POST', '/auth/invite/bulk', {
      invitations: many(100, (n) => ({ email: email(n), role: 'user', name: '\ufdfa'.repeat(80) })),
    }),
    'a hundred invitations of long names': json('POST', '/auth/invite/bulk', {
      invitations: many(100, (n) => ({
        email: uniqueEmail(),
        role: 'user',
        firstName: `a${'\u0315\u0323\u0301\u0327'.repeat(19)}${n}`,
      })),
    }),
    'a thousand scopes': json('POST', '/auth/api-keys', {
      name: 'x',
      scopes: many(900, (n) => `leads.view${n}`),
    }),
    'a thousand networks': json('POST', '/auth/api-keys', {
      name: 'x',
      scopes: [],
      allowedNetworks: many(900, (n) => `2001:db8::${n.toString(16)}/128`),
    }),
    'a thousand permissions': json('POST', '/tenants/current/roles', {
      key: 'x',
      name: 'x',
      level: 1,
      permissions: Object.fromEntries(many(950, (n) => [`r~/${n}`, {}])),
    }),
    'a thousand ids': json('POST', '/auth/invite', {
      email: uniqueEmail(),
      role: 'user',
      teamIds: many(900, () => '0192f3a0-0000-7000-8000-000000000000'),
    }),
    'a number of a hundred thousand digits': {
      method: 'POST',
      path: '/auth/login',
      body: `{"email":${'9'.repeat(BODY_BYTES)}}`,
    },
    'fifty thousand brackets': { method: 'POST', path: '/auth/login', body: '['.repeat(BODY_BYTES) },
    'many objects': { method: 'POST', path: '/auth/login', body: `[${'{"a":1},'.repeat(12_000)}1]` },
    'many escapes': { method: 'POST', path: '/auth/login', body: `{"email":"${'\\u005f'.repeat(16_000)}"}` },
    'a prototype far behind': {
      method: 'POST',
      path: '/auth/login',
      body: `{"a":[${'{},'.repeat(30_000)}{"__proto__":1}]}`,
    },
  };
  for (const motif of hard) {
    const password = motif.repeat(128).slice(0, 128);
    bodies[`a password of ${motif}`] = json('POST', '/auth/register', {
      ...registration,
      email: 'UNIQUE@example.com',
      password,
    });
  }
  return Object.entries(bodies).map(([name, request]) => ({ name, ...request }));
}

const measured = process.env.MEASURE_DELAYS ? describe : describe.skip;

measured('others', () => {
  const t = useSharedApp({ LOGIN_FAILURES_BEFORE_DELAY: '100', LOGIN_ADDRESS_FAILURES: '100000' });
  let client: PlainClient;

  const send = ({ method, path, body }: PlacedRequest) =>
    client.send(method, path, body?.replaceAll('UNIQUE', unique()));

  /** The longest wait of a `/health/live` that was sent while the request was running. */
  const waitBeside = async (request: PlacedRequest): Promise<number> => {
    let isDone = false;
    let longest = 0;
    const sent = send(request).finally(() => (isDone = true));
    do {
      const start = performance.now();
      await client.send('GET', '/health/live');
      longest = Math.max(longest, performance.now() - start);
    } while (!isDone);
    await sent;
    return longest;
  };

  /**
   * CPU time of all threads of the server, in milliseconds. It includes other work of the server, but not other
   * processes.
   */
  const processorTime = async (work: () => Promise<unknown>): Promise<number> => {
    const read = async () => {
      const { text } = await client.send('GET', '/metrics');
      return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]) * 1000;
    };
    const start = await read();
    await work();
    return (await read()) - start;
  };

  const leastOf = async (rounds: number, measure: () => Promise<number>): Promise<number> => {
    let least = Infinity;
    for (let round = 0; round < rounds; round += 1) least = Math.min(least, await measure());
    return least;
  };

  async function hostileCases(): Promise<Case[]> {
    const documents = ['primary', 'katixo', 'datixlab'].map((name) =>
      client.send('GET', `/openapi/${name}.json`),
    );
    const places = (await Promise.all(documents)).flatMap(({ text }) => {
      const document = JSON.parse(text) as OpenApiDocument;
      return stringPlacesOf(document, operationsInPageOrder(document));
    });
    return HOSTILE_TEXTS.flatMap(({ name, fill }) =>
      places.map((place): Case => {
        const bytes = place.in === 'body' ? BODY_BYTES : 4 * 1024;
        return { name: `${place.name}: ${name}`, ...requestWith(place, fill(bytes)) };
      }),
    );
  }

  it('a /health/live waits this long for a request of 100 KiB', async () => {
    client = new PlainClient(t.server.origin, (await t.given.tenant()).accessToken);
    const waits: { wait: number; one: Case }[] = [];
    for (const one of [...wholeBodies(), ...(await hostileCases())]) {
      waits.push({ wait: await leastOf(ROUNDS, () => waitBeside(one)), one });
    }
    waits.sort((a, b) => b.wait - a.wait);
    const idle = await leastOf(10, () => processorTime(() => client.send('GET', '/health/live')));
    const lines: string[] = [];
    for (const { one } of waits.slice(0, TOP)) {
      const wait = await leastOf(10, () => waitBeside(one));
      const used = (await leastOf(10, () => processorTime(() => send(one)))) - idle;
      lines.push(`${wait.toFixed(1).padStart(8)} ${used.toFixed(1).padStart(10)}  ${one.name}`);
    }
    process.stdout.write(
      `${waits.length} requests; the ${TOP} that others waited longest for, in milliseconds, least of ten rounds:\n` +
        `  waited  processor\n${lines.join('\n')}\n`,
    );
    await client.close();
  }, 3_600_000);
});
