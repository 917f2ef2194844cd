import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { useSharedApp } from '../../support/test-app.js';
import { whereInstalled } from '../../support/tools.js';
import { TwoFactor } from '../../support/two-factor.js';

/** An authenticator that nobody here has written. */
const oathtool = async (secret: string, when: string): Promise<string> => {
  const { stdout } = await promisify(execFile)('oathtool', ['--totp', '--base32', '--now', when, secret]);
  return stdout.trim();
};

describe('the codes of an independent authenticator', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);

  whereInstalled('oathtool', '--version')('enrol, and sign in', async () => {
    const owner = await t.given.tenant();
    const { secret } = (await owner.client.post('/auth/enable-2fa')).body;
    const code = await oathtool(secret, 'now');
    expect((await owner.client.post('/auth/confirm-2fa', { code })).status).toBe(200);

    const tempToken = await twoFactor.tempToken(owner);
    expect(await twoFactor.verify(tempToken, code)).toBeProblem('two_factor_code_invalid');
    const next = await oathtool(secret, 'now + 30 seconds');
    expect((await twoFactor.verify(tempToken, next)).status).toBe(200);
  });
});
