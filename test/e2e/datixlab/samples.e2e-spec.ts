import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DATIXLAB, Datixlab } from '../../support/datixlab.js';
import { Gateway } from '../../support/gateway.js';
import * as seed from '../../support/seeds/datixlab.js';
import { useSharedApp } from '../../support/test-app.js';
import { whereInstalled } from '../../support/tools.js';

/** Where the example stops signing in and calls a product. */
const SECOND_CALL = seed.JAVASCRIPT.indexOf('// Make authenticated request');

const NODE: [string, ...string[]] = [process.execPath, '--input-type=module', '--eval'];
const PYTHON: [string, ...string[]] = ['python3', '-c'];

describe('the published examples', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await Gateway.open(t.server.origin, DATIXLAB);
    expect((await d.post('/register', seed.register.request)).status).toBe(201);
  });
  afterAll(() => gateway.close());

  /**
   * Runs the copied example with another host and nothing else changed; returns the exchanges that went over the
   * wire.
   */
  const run = async (script: string, [program, ...options] = NODE) => {
    const moved = script.replaceAll(seed.HOST, gateway.origin);
    expect(moved).not.toContain('datixlab.com');
    await promisify(execFile)(program, [...options, moved]);
    return gateway.exchanges.splice(0).map(({ method, path, status }) => `${method} ${path} ${status}`);
  };
  /** Its second half, with a credential from elsewhere. */
  const callWith = (credential: string) =>
    run(`const access_token = ${JSON.stringify(credential)};\n${seed.JAVASCRIPT.slice(SECOND_CALL)}`);

  it('sign in with JavaScript, and the product accepts their token', async () => {
    expect(await run(seed.JAVASCRIPT)).toEqual(['POST /v1/auth/login 200', 'GET /v1/agents 200']);
  });

  whereInstalled(
    'python3',
    '-c',
    'import requests',
  )('sign in with Python, and are known to it', async () => {
    expect(await run(seed.PYTHON, PYTHON)).toEqual(['POST /v1/auth/login 200', 'GET /v1/agents 200']);
  });

  it('call the product with an API key instead of the token, until the key is revoked', async () => {
    const john = await d.login(seed.login.request);
    const { id, key } = await d.createKey(john, seed.createApiKey.request);
    expect(await callWith(key)).toEqual(['GET /v1/agents 200']);
    expect((await d.delete(`/api-keys/${id}`, john.client)).status).toBe(200);
    expect(await callWith(key)).toEqual(['GET /v1/agents 401']);
  });

  it('are refused by the product with a token that was signed out, and with none', async () => {
    const { accessToken, client } = await d.login(seed.login.request);
    expect(await callWith(accessToken)).toEqual(['GET /v1/agents 200']);
    await d.post('/logout', undefined, client);
    expect(await callWith(accessToken)).toEqual(['GET /v1/agents 401']);
    expect(await callWith('')).toEqual(['GET /v1/agents 401']);
  });
});
