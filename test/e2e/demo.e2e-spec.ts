import { execFile } from 'node:child_process';
import { useSharedApp } from '../support/test-app.js';

interface Ended {
  code: number;
  said: string;
}

const demo = (origin: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['scripts/demo/main.js', origin], (error, out, complaint) => {
      resolve({ code: error ? Number(error.code) : 0, said: out + complaint });
    });
  });

describe('npm run demo', () => {
  describe('with a server in its default configuration', () => {
    const t = useSharedApp({ THROTTLE_ENABLED: null });

    it('calls every contract, prints each step, and can run again', async () => {
      for (let walks = 0; walks < 2; walks += 1) {
        const { code, said } = await demo(t.server.origin);
        expect({ code, said }).toEqual({
          code: 0,
          said: expect.stringMatching(/\d steps, all as they should be/) as string,
        });
        for (const path of ['/auth/register', '/api/v1/auth/signup', '/v1/auth/api-keys']) {
          expect(said).toContain(`POST ${path} → 201`);
        }
        expect(said).not.toMatch(/sk_live_\w{20}|eyJ/);
      }
      // Node's own warnings about a package, or about how it was bundled
      expect(await t.writtenLog()).not.toMatch(/Warning/);
    });
  });

  describe('with a server that has a contract disabled', () => {
    const t = useSharedApp({ THROTTLE_ENABLED: null, CONTRACTS: 'primary,katixo' });

    it('says so, and calls the others', async () => {
      const { code, said } = await demo(t.server.origin);
      expect({ code, said }).toEqual({
        code: 0,
        said: expect.stringContaining('datixlab contract is closed') as string,
      });
    });
  });

  it('says what to do where no server answers', async () => {
    const { code, said } = await demo('http://127.0.0.1:1');
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('npm start') as string });
  });
});
