import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv, promisify } from 'node:util';
import type { Envelope } from '../../support/katixo.js';
import * as seed from '../../support/seeds/katixo.js';
import { createTestApp } from '../../support/test-app.js';

const example = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
const set = Object.entries(example).filter(([, value]) => value !== '');

describe('the published commands, pasted into a shell', () => {
  const t = createTestApp({ NODE_ENV: null, THROTTLE_ENABLED: null, ...Object.fromEntries(set) });
  /** Values from earlier responses, in the place of the printed tokens. */
  let tokens = { accessToken: '', refreshToken: '' };

  /** Runs a command as printed, with another host, address and current tokens, and nothing else changed. */
  const run = async (command: string): Promise<Envelope> => {
    const moved = command
      .replace(seed.HOST, t.server.origin)
      .replace(/\[email\sprotected\]/, 'rajesh@example.com')
      .replace(/(?<="refreshToken": ")[^"]+/, tokens.refreshToken)
      .replace(/(?<=Bearer )[^"]+/, tokens.accessToken);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', moved]);
    const answer = JSON.parse(stdout) as Envelope;
    const { accessToken, refreshToken } = answer.data ?? {};
    if (accessToken) tokens = { accessToken, refreshToken };
    return answer;
  };

  it('return what is printed, in their order', async () => {
    expect(set).toEqual([['OTP_TEST_NUMBERS', seed.TEST_NUMBER]]);
    const outcomes: string[] = [];
    for (const command of seed.CURL.split('\n\n')) {
      const path = command.split(/\s/).find((word) => word.startsWith(seed.HOST));
      const answer = await run(command);
      const { success, errors } = answer;
      outcomes.push(`${path?.slice(seed.HOST.length)} ${success ? 'success' : errors?.[0]?.code}`);
      if (/signup|login/.test(command)) expect(answer).toHaveShape(seed.authResponse);
    }
    expect(outcomes).toEqual([
      '/api/v1/auth/otp/request success',
      '/api/v1/auth/otp/verify success',
      '/api/v1/auth/signup success',
      '/api/v1/auth/login success',
      // The product's own operation, which runs beside Gatehouse
      '/api/v1/invoices route_not_found',
      '/api/v1/auth/refresh success',
      '/api/v1/users/me/organisations success',
      // The printed organisation belongs to another person
      '/api/v1/users/me/switch-org not_found',
      '/api/v1/auth/invite success',
      '/api/v1/auth/forgot-password success',
      '/api/v1/auth/reset-password success',
    ]);
    const { errors } = await run(seed.CURL.split('\n\n')[3] ?? '');
    expect(errors?.[0]?.code).toBe('invalid_credentials');
  });
});
