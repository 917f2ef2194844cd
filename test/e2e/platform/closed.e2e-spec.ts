import { contractOf } from '../../support/documents.js';
import { operationsInPageOrder } from '../../support/openapi.js';
import { useSharedApp } from '../../support/test-app.js';

const t = useSharedApp();
const operations = operationsInPageOrder(contractOf('platform').document);

it('is closed where PLATFORM_ENABLED does not open it: no address, no document', async () => {
  expect(operations.length).toBeGreaterThan(25);
  for (const { method, path } of operations) {
    const address = path.replace(/\{\w+\}/g, '01988b6e-7c1f-7000-8000-000000000000');
    const { status, body } = await t.client().send(method, address, method === 'GET' ? undefined : {});
    expect([path, status, body.code]).toEqual([path, 404, 'route_not_found']);
  }
  expect((await t.get('/openapi/platform.json')).status).toBe(404);
  expect((await t.get('/docs')).text).not.toContain('platform');
});
