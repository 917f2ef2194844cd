import { fill, type Filled } from '../../scripts/release-dump/fill.js';
import { Client } from './client.js';
import { Authenticator } from './totp.js';

/** A server that is asked, by its address. */
interface Asked {
  origin: string;
}

/** One credential of every kind, issued by a server, to be presented to servers on copies of its database. */
export class IssuedCredentials {
  private constructor(
    readonly filled: Filled,
    private readonly accessToken: string,
  ) {}

  static async issue(server: Asked): Promise<IssuedCredentials> {
    const filled = await fill(server.origin);
    const { email, password } = filled;
    const { body } = await new Client(server.origin).post('/auth/login', { email, password });
    return new IssuedCredentials(filled, body.accessToken);
  }

  /** Presents each of them once, and returns which the server accepts and which it refuses. */
  async present(server: Asked): Promise<{ accepted: string[]; refused: string[] }> {
    const [accepted, refused]: [string[], string[]] = [[], []];
    for (const [name, use] of Object.entries(this.uses)) {
      const status = await use(server);
      if (status >= 500) throw new Error(`${name}: ${status}`);
      (status < 400 ? accepted : refused).push(name);
    }
    return { accepted, refused };
  }

  /** Each belongs to a person of its own, or spoils nothing. */
  private readonly uses: Record<string, (server: Asked) => Promise<number>> = {
    'access token': async ({ origin }) => (await new Client(origin, this.accessToken).get('/auth/me')).status,
    'refresh token': (server) =>
      statusOf(server, '/auth/refresh', { refreshToken: this.filled.refreshToken }),
    'refresh token of Katixo': (server) =>
      statusOf(server, '/api/v1/auth/refresh', { refreshToken: this.filled.katixo.refreshToken }),
    'API key': async ({ origin }) =>
      (await new Client(origin, this.filled.apiKey).get('/auth/verify')).status,
    'API key of Datix Lab': async ({ origin }) =>
      (await new Client(origin, this.filled.datixlab.key).get('/auth/verify')).status,
    'reset link': (server) =>
      statusOf(server, '/auth/reset-password', {
        token: this.filled.reset,
        newPassword: 'after the restore',
      }),
    invitation: (server) => {
      const names = { password: this.filled.password, firstName: 'Ivy', lastName: 'After' };
      return statusOf(server, '/auth/invite/accept', { token: this.filled.invitation, ...names });
    },
    'verification link': async (server) => {
      const { email, token } = this.filled.verification;
      const { accessToken } = await this.login(server, email);
      return statusOf(server, '/auth/verify-email', { token }, accessToken);
    },
    'link that takes a change of address back': (server) =>
      statusOf(server, '/auth/email-change/revert', { token: this.filled.revert }),
    'one-time code': (server) => {
      const { phone, code } = this.filled.katixo;
      return statusOf(server, '/auth/otp/verify', { phone, code });
    },
    'pending sign-in': (server) => {
      const { tempToken, otpauthUri } = this.filled.guarded;
      const secret = new URL(otpauthUri).searchParams.get('secret') ?? '';
      return statusOf(server, '/auth/verify-2fa', { tempToken, code: new Authenticator(secret).nextCode() });
    },
    'backup code': async (server) => {
      const { tempToken } = await this.login(server, this.filled.guarded.email);
      return statusOf(server, '/auth/verify-2fa', { tempToken, code: this.filled.guarded.backupCodes[0] });
    },
    'trusted device': async (server) => {
      const { email, deviceToken } = this.filled.guarded;
      return (await this.login(server, email, { deviceToken })).requiresTwoFactor === true ? 401 : 200;
    },
  };

  private async login(server: Asked, email: string, extra: object = {}) {
    const body = { email, password: this.filled.password, ...extra };
    return (await new Client(server.origin).post('/auth/login', body)).body;
  }
}

async function statusOf(
  { origin }: Asked,
  path: string,
  body: object,
  token: string | null = null,
): Promise<number> {
  return (await new Client(origin, token).post(path, body)).status;
}
