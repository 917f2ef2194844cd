import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Datixlab } from '../support/datixlab.js';
import { Katixo } from '../support/katixo.js';
import { runProgram } from '../support/programs.js';
import { useSharedApp } from '../support/test-app.js';

/** The processes of examples/invoices-service: one for each product. */
describe('the example service', () => {
  const t = useSharedApp();
  const katixo = new Katixo(t);
  const running: ChildProcess[] = [];
  let invoices: string;
  let agents: string;

  const start = async (product: string): Promise<string> => {
    const why = ['--reason', 'a test', '--reference', 'case 1', '--json'];
    const args = ['service-account', 'create', 'Example', '--product', product, ...why];
    const { stdout } = await runProgram('admin', args, t.server);
    const { id, secret } = JSON.parse(stdout) as { id: string; secret: string };
    const settings = { GATEHOUSE_URL: t.server.origin, CLIENT_ID: id, CLIENT_SECRET: secret, PORT: '0' };
    const child = spawn(process.execPath, ['examples/invoices-service/main.js'], {
      env: settings,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    writeFileSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'pids', String(child.pid)), '');
    for await (const line of createInterface(child.stdout)) return line.replace('listening on ', '');
    throw new Error('The example did not start');
  };

  beforeAll(async () => {
    [invoices, agents] = [`${await start('katixo')}/api/v1/invoices`, `${await start('datixlab')}/v1/agents`];
  });
  afterAll(async () => {
    await Promise.all(running.map((child) => (child.kill(), once(child, 'exit'))));
  });

  const send = async (token: string | null, method: string, url: string) => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const body = ['POST', 'PUT'].includes(method) ? JSON.stringify({ number: 'INV-1' }) : undefined;
    const response = await fetch(url, { method, headers, body });
    return { status: response.status, body: response.ok ? await response.text() : '' };
  };
  /** The statuses of a view, a creation, a change and a deletion. */
  const tries = async (token: string, list: string, id: string) => [
    (await send(token, 'GET', list)).status,
    (await send(token, 'POST', list)).status,
    (await send(token, 'PUT', `${list}/${id}`)).status,
    (await send(token, 'DELETE', `${list}/${id}`)).status,
  ];
  const create = async (token: string, list: string): Promise<string> =>
    (JSON.parse((await send(token, 'POST', list)).body) as { id: string }).id;

  it.each([
    ['OWNER', [200, 201, 200, 204]],
    ['ADMIN', [200, 201, 200, 204]],
    ['ACCOUNTANT', [200, 201, 200, 204]],
    ['OPERATOR', [200, 201, 200, 204]],
    ['VIEWER', [200, 403, 403, 403]],
  ])('lets a person with the role %s do what the published table says', async (role, expected) => {
    const owner = await katixo.owner();
    const { accessToken } = role === 'OWNER' ? owner : await katixo.member(owner, role);
    const id = await create(owner.accessToken, invoices);
    expect(await tries(accessToken, invoices, id)).toEqual(expected);
  });

  it('lets members of a Datix Lab organisation do all but delete', async () => {
    const owner = await new Datixlab(t).owner();
    const id = await create(owner.accessToken, agents);
    expect(await tries(owner.accessToken, agents, id)).toEqual([200, 201, 200, 204]);
    await t.database.query(
      `UPDATE memberships m SET role_id = r.id FROM roles r, users u
       WHERE r.tenant_id = m.tenant_id AND r.key = 'member' AND u.id = m.user_id AND u.email = $1`,
      [owner.email],
    );
    const other = await create(owner.accessToken, agents);
    expect(await tries(owner.accessToken, agents, other)).toEqual([200, 201, 200, 403]);
  });

  it('refuses strangers, other organisations, other products, and an ended session at once', async () => {
    const [owner, stranger] = [await katixo.owner(), await katixo.owner()];
    const id = await create(owner.accessToken, invoices);
    expect((await send(null, 'GET', invoices)).status).toBe(401);
    expect((await send('junk', 'GET', invoices)).status).toBe(401);
    expect((await send(stranger.accessToken, 'GET', `${invoices}/${id}`)).status).toBe(404);
    expect((await send((await t.given.tenant()).accessToken, 'GET', invoices)).status).toBe(401);
    expect((await send(owner.accessToken, 'GET', `${invoices}/${id}`)).status).toBe(200);
    await katixo.post('/auth/logout', undefined, owner.client);
    expect((await send(owner.accessToken, 'GET', `${invoices}/${id}`)).status).toBe(401);
  });
});
