import { useSharedApp } from '../support/test-app.js';

describe('CORS', () => {
  const allowed = 'https://app.example.com';
  const previews = 'https://*.preview.example.com,https://app-*.host.example';
  const t = useSharedApp({ CORS_ORIGINS: `${allowed},https://admin.example.com,${previews}` });
  const from = (origin: string) => t.get('/auth/me', { headers: { origin } });
  const preflight = (origin: string, method = 'POST', path = '/auth/login') =>
    t.client().send('OPTIONS', path, undefined, {
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it('names exactly the origins on the list', async () => {
    for (const origin of [allowed, 'https://admin.example.com']) {
      const { headers } = await from(origin);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers.vary).toMatch(/\borigin\b/i);
    }
  });

  it('answers a preflight from there', async () => {
    const { status, headers } = await preflight(allowed);
    expect([200, 204]).toContain(status);
    expect(headers['access-control-allow-origin']).toBe(allowed);
    expect(headers['access-control-allow-methods']).toContain('POST');
    expect(headers['access-control-allow-headers']?.toLowerCase()).toContain('authorization');
    expect(headers.vary).toMatch(/\borigin\b/i);
  });

  it.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://sub.app.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com@evil.example',
    'https://appXexample.com',
  ])('sends no CORS headers to %s', async (origin) => {
    for (const { headers } of [await from(origin), await preflight(origin)]) {
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  it('shows a browser what a client library reads, and accepts what tracing libraries send', async () => {
    const { headers } = await from(allowed);
    const exposed = headers['access-control-expose-headers']?.toLowerCase() ?? '';
    for (const name of ['retry-after', 'www-authenticate', 'content-disposition', 'x-request-id'])
      expect(exposed).toContain(name);
    const names = (await preflight(allowed)).headers['access-control-allow-headers']?.toLowerCase() ?? '';
    for (const name of ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-request-id'])
      expect(names).toContain(name);
  });

  it('varies by origin also where the request has none', async () => {
    expect((await t.get('/auth/me')).headers.vary).toMatch(/\borigin\b/i);
  });

  it.each(['https://pr-12.preview.example.com', 'https://app-a1b2.host.example'])(
    'names the preview deployment %s',
    async (origin) => {
      expect((await from(origin)).headers['access-control-allow-origin']).toBe(origin);
    },
  );

  it.each([
    'https://preview.example.com',
    'https://.preview.example.com',
    'https://a.b.preview.example.com',
    'https://evil.example?.preview.example.com',
    'https://evil.example/.preview.example.com',
    'https://pr-12.preview.example.com.evil.example',
    'https://pr-12xpreview.example.com',
    'http://pr-12.preview.example.com',
    'https://app-.host.example',
    'https://app-a.b.host.example',
  ])('sends no CORS headers to %s, which is no preview deployment', async (origin) =>
    expect((await from(origin)).headers['access-control-allow-origin']).toBeUndefined(),
  );
});

describe('CORS without a list', () => {
  const t = useSharedApp();

  it('sends no CORS headers to any origin', async () => {
    const { headers } = await t.get('/auth/me', { headers: { origin: 'https://app.example.com' } });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
