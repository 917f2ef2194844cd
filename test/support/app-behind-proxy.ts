import type { Settings } from './server.js';
import { TcpProxy } from './tcp-proxy.js';
import { createTestApp } from './test-app.js';

/** As `createTestApp`, with a database that can be disconnected from the server and reconnected. */
export function createAppBehindProxy(settings: Settings = {}) {
  let proxy: TcpProxy | undefined;
  const t = createTestApp(settings, async (url) => (proxy = await TcpProxy.to(url)).url);
  afterAll(() => proxy?.close());
  return { t, cut: () => proxy?.cut(), restore: () => proxy?.restore() };
}
