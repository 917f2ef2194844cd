import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NginxBefore } from '../../support/nginx-before.js';
import { PATIENT_SERVER } from '../../support/patient-server.js';
import { useSharedApp } from '../../support/test-app.js';

/** The real nginx with the documented configuration, in front of a product that prints the headers it gets. */
describe('nginx with auth_request as documented', () => {
  const t = useSharedApp();
  let product: Server;
  let nginx: NginxBefore;

  beforeAll(async () => {
    product = createServer(PATIENT_SERVER, (request, response) => {
      const seen = Object.entries(request.headers).filter(([name]) => name.startsWith('x-auth-'));
      response.end(JSON.stringify({ method: request.method, url: request.url, ...Object.fromEntries(seen) }));
    }).listen(0, '127.0.0.1');
    await once(product, 'listening');
    const { port } = product.address() as AddressInfo;
    nginx = await NginxBefore.start(`http://127.0.0.1:${port}`, t.server.origin);
  });
  afterAll(async () => {
    await nginx.stop();
    product.close();
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'forwards a %s with the caller, and no forged header',
    async (method) => {
      const owner = await t.given.tenant();
      const headers = {
        authorization: `Bearer ${owner.accessToken}`,
        'x-auth-user': 'forged',
        'x-auth-act': 'forged',
        'x-auth-client': 'forged',
        'x-auth-scopes': 'forged',
        'content-type': 'multipart/form-data; boundary=x',
      };
      const body = method === 'GET' || method === 'DELETE' ? undefined : '--x--';
      const response = await fetch(`${nginx.origin}/orders/7?page=2`, { method, headers, body });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        ...{ method, url: '/orders/7?page=2' },
        'x-auth-user': owner.user.id,
        'x-auth-tenant': owner.tenant.id,
        'x-auth-role': 'admin',
        'x-auth-actor': 'user',
      });
    },
  );

  it('refuses strangers, and an ended session at once', async () => {
    const owner = await t.given.tenant();
    const headers = { authorization: `Bearer ${owner.accessToken}` };
    expect((await fetch(nginx.origin)).status).toBe(401);
    expect((await fetch(nginx.origin, { headers })).status).toBe(200);
    await owner.client.post('/auth/logout');
    expect((await fetch(nginx.origin, { headers })).status).toBe(401);
  });
});
