import { execFile } from 'node:child_process';
import { createTestApp } from '../support/test-app.js';

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
  describe('beside a server as a newcomer has it', () => {
    const t = createTestApp({ THROTTLE_ENABLED: null });

    it('walks every contract, prints each step, and can walk again', async () => {
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
      // What Node has to say of a package, or of how it was bundled
      expect(t.log).not.toMatch(/Warning/);
    });
  });

  describe('beside one with a closed contract', () => {
    const t = createTestApp({ THROTTLE_ENABLED: null, CONTRACTS: 'primary,katixo' });

    it('says so, and walks the others', async () => {
      const { code, said } = await demo(t.server.origin);
      expect({ code, said }).toEqual({
        code: 0,
        said: expect.stringContaining('datixlab contract is closed') as string,
      });
    });
  });

  it('says what to do where no server is', async () => {
    const { code, said } = await demo('http://127.0.0.1:1');
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('npm start') as string });
  });
});
