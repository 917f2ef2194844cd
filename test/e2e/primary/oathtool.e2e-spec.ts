import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { useSharedApp } from '../../support/test-app.js';
import { whereInstalled } from '../../support/tools.js';
import { TwoFactor } from '../../support/two-factor.js';

/** An authenticator that is not part of this project. */
const oathtool = async (uri: string, stepsAhead = 0): Promise<string> => {
  const { searchParams } = new URL(uri);
  const [secret, period] = [searchParams.get('secret') ?? '', Number(searchParams.get('period'))];
  const when = ['-s', `${period}s`, '--now', `now + ${stepsAhead * period} seconds`];
  const { stdout } = await promisify(execFile)('oathtool', ['--totp', '--base32', ...when, secret]);
  return stdout.trim();
};

describe('the codes of an independent authenticator', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);

  whereInstalled('oathtool', '--version')('enrol, and sign in', async () => {
    const owner = await t.given.tenant();
    const { otpauthUri } = (await owner.client.post('/auth/enable-2fa')).body;
    const code = await oathtool(otpauthUri);
    expect((await owner.client.post('/auth/confirm-2fa', { code })).status).toBe(200);

    const tempToken = await twoFactor.tempToken(owner);
    expect(await twoFactor.verify(tempToken, code)).toBeProblem('two_factor_code_invalid');
    const next = await oathtool(otpauthUri, 1);
    expect((await twoFactor.verify(tempToken, next)).status).toBe(200);
  });
});
