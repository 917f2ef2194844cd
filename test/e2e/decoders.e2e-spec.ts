import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { blockOf } from '../support/fenced-blocks.js';
import { readSigningKey, resign, tamper } from '../support/forge.js';
import type { Account } from '../support/given.js';
import { ServiceAccounts } from '../support/service-accounts.js';
import { useSharedApp } from '../support/test-app.js';

const PAGE = 'docs/service-accounts.md';
const PYTHON = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import jwt, cryptography']).status === 0,
);

/** Debian's Go packages, among them version 2 of the library of the document: its functions are those of version 3. */
const GO_SOURCES = '/usr/share/gocode/src';
const GO_OIDC = `${GO_SOURCES}/github.com/coreos/go-oidc`;
const GO = existsSync(GO_OIDC) && spawnSync('go', ['version']).status === 0 ? 'go' : undefined;

/** Builds the program of a folder there, with the version of the library that Debian has under the name of the document's. */
async function buildGo(folder: string): Promise<void> {
  const path = join(folder, 'go');
  const library = join(path, 'src/github.com/coreos/go-oidc/v3/oidc');
  mkdirSync(join(path, 'src/decoder'), { recursive: true });
  cpSync(GO_OIDC, library, { recursive: true, filter: (file) => !file.endsWith('_test.go') });
  for (const name of ['verify.go', 'main.go']) cpSync(join(folder, name), join(path, 'src/decoder', name));
  const env = {
    PATH: process.env.PATH,
    GO111MODULE: 'off',
    GOPATH: `${path}:/usr/share/gocode`,
    GOCACHE: join(folder, 'cache'),
    GOFLAGS: '-p=1',
  };
  await promisify(execFile)('go', ['build', '-o', join(folder, 'decoder'), 'decoder'], { env });
}

/** How a program prints the claims of each of its arguments, or null. */
interface Runner {
  language: string;
  file: string;
  program: string | undefined;
  args: string[];
  driver: { file: string; text: string };
  build?: (folder: string) => Promise<void>;
}

const RUNNERS: Runner[] = [
  {
    language: 'js',
    file: 'verify.js',
    program: process.execPath,
    args: ['main.js'],
    driver: {
      file: 'main.js',
      text: `import { verify } from './verify.js';
for (const token of process.argv.slice(2))
  console.log(JSON.stringify(await verify(token).catch(() => null)));`,
    },
  },
  {
    language: 'python',
    file: 'verify.py',
    program: PYTHON,
    args: ['main.py'],
    driver: {
      file: 'main.py',
      text: `import json, sys, jwt
from verify import verify
for token in sys.argv[1:]:
    try:
        print(json.dumps(verify(token)))
    except jwt.PyJWTError:
        print("null")`,
    },
  },
  {
    language: 'go',
    file: 'verify.go',
    program: GO && './decoder',
    args: [],
    build: buildGo,
    driver: {
      file: 'main.go',
      text: `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	for _, raw := range os.Args[1:] {
		claims, err := Verify(context.Background(), raw)
		if err != nil {
			claims = nil
		}
		line, _ := json.Marshal(claims)
		fmt.Println(string(line))
	}
}`,
    },
  },
];

/** The blocks of the document, each as the file that it says it is, against a running server. */
describe.each(RUNNERS)('the decoder in $language', ({ language, file, program, args, driver, build }) => {
  const t = useSharedApp();
  let folder: string;
  const tried = program === undefined ? it.skip : it;
  let owner: Account;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-decoder-'));
    owner = await t.given.tenant();
    writeFileSync(join(folder, file), blockOf(PAGE, language, file));
    writeFileSync(join(folder, driver.file), driver.text);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'dir');
    if (program !== undefined) await build?.(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const decode = async (tokens: string[], audience?: string) => {
    const env = { PATH: process.env.PATH, ISSUER: t.server.origin, ...(audience && { AUDIENCE: audience }) };
    const run = promisify(execFile)(program ?? '', [...args, ...tokens], { cwd: folder, env });
    const { stdout } = await run;
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sub: string } | null);
  };

  tried('accepts access tokens of people and machines', async () => {
    const machine = await new ServiceAccounts(t).create(owner);
    const token = await new ServiceAccounts(t).token(machine);
    const claims = await decode([owner.accessToken, token]);
    expect(claims.map((one) => one?.sub)).toEqual([owner.user.id, machine.id]);
  });

  tried('accepts no other token', async () => {
    const key = await readSigningKey(t);
    const { accessToken } = owner;
    const past = { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_003_600 };
    const wrong = [
      owner.refreshToken,
      'nothing',
      tamper(accessToken, { claims: { role_level: 1 } }),
      tamper(accessToken, { header: { alg: 'none' } }, ''),
      await resign(accessToken, key, { header: { typ: 'JWT' } }),
      await resign(accessToken, key, { claims: { iss: 'https://elsewhere.example.com' } }),
      await resign(accessToken, key, { claims: { aud: 'https://elsewhere.example.com' } }),
      await resign(accessToken, key, { claims: past }),
      await resign(accessToken, key, { claims: { exp: undefined } }),
      await resign(accessToken, key, { claims: { org_id: undefined } }),
    ];
    expect(await decode([accessToken, ...wrong])).toEqual([
      expect.objectContaining({ sub: owner.user.id }),
      ...wrong.map(() => null),
    ]);
    expect(await decode([accessToken], 'https://elsewhere.example.com')).toEqual([null]);
  });
});

/** Its libraries are of a registry that we do not reach: what it reads is compared with what there is. */
describe('the decoder in Java', () => {
  const t = useSharedApp();
  const block = blockOf(PAGE, 'java');
  const only = (pattern: RegExp) => {
    const found = [...block.matchAll(pattern)].map(([, text]) => text);
    expect([pattern, found.length]).toEqual([pattern, 1]);
    return found[0];
  };
  /** RFC 9068 §2.2, as `createAtJwtValidator` of Spring Security demands them. */
  const STANDARD = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'];

  it('looks at what tokens of people and machines have, and refresh tokens have not', async () => {
    const owner = await t.given.tenant();
    const services = new ServiceAccounts(t);
    const machine = await services.token(await services.create(owner));
    const demanded = [...block.matchAll(/JwtClaimValidator<.+>\("(\w+)"/g)].map(([, name = '']) => name);
    expect(demanded).toEqual(['aud', 'exp', 'sub', 'org_id']);
    const [type, algorithm] = [only(/JOSEObjectType\("([^"]+)"\)/g), only(/SignatureAlgorithm\.(\w+)\)/g)];
    for (const token of [owner.accessToken, machine]) {
      expect(decodeProtectedHeader(token)).toMatchObject({
        typ: type,
        alg: algorithm,
        kid: expect.any(String),
      });
      const claims = decodeJwt(token);
      for (const name of [...demanded, ...STANDARD]) expect(claims).toHaveProperty(name);
      expect([claims.iss, claims.aud]).toEqual([t.server.origin, t.server.origin]);
      expect(claims.exp).toBeGreaterThan(claims.iat ?? NaN);
    }
    expect(decodeProtectedHeader(owner.refreshToken).typ).not.toBe(type);
    // These accept the type JWT only
    expect(block.replace(/^ *\/\/.*$/gm, '')).not.toMatch(/JwtValidators|JwtTypeValidator/);
  });

  it('finds the keys from the issuer, in the form that its libraries choose by', async () => {
    const owner = await t.given.tenant();
    const { body } = await t.client().get<Record<string, string>>('/.well-known/openid-configuration');
    expect(body.issuer).toBe(t.server.origin);
    const { pathname, origin } = new URL(body.jwks_uri ?? '');
    const keys = await t.client().get<{ keys: { kid: string }[] }>(pathname, {
      headers: { accept: 'application/json, application/jwk-set+json' },
    });
    expect([origin, keys.status]).toEqual([t.server.origin, 200]);
    const { kid } = decodeProtectedHeader(owner.accessToken);
    expect(keys.body.keys.find((key) => key.kid === kid)).toMatchObject({
      ...{ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' },
      ...{ x: expect.any(String), y: expect.any(String) },
    });
  });
});
