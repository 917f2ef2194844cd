import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { JwsSigner } from './jws-signer.js';

const jwt = new JwtService({});
const secret = createSecretKey(Buffer.alloc(32, 7));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const HEADER = { alg: 'HS256', typ: 'rt+jwt' } as const;
const CLAIMS = { sid: '0192f3a0-0000-7000-8000-000000000000', gen: 3, ver: 2 };
const signer = new JwsSigner(secret, HEADER);

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const replaced = (token: string, place: number, text: string) =>
  token
    .split('.')
    .map((part, index) => (index === place ? text : part))
    .join('.');

describe('JwsSigner', () => {
  it('writes the tokens of earlier releases, byte by byte', () => {
    const options = { privateKey: secret, algorithm: 'HS256', noTimestamp: true, header: HEADER } as const;
    expect(signer.sign(CLAIMS)).toBe(jwt.sign(CLAIMS, options));
  });

  it('signs by ES256 as RFC 7518 says', () => {
    const token = new JwsSigner(privateKey, { alg: 'ES256', typ: 'at+jwt', kid: 'k' }).sign(CLAIMS);
    const verified = jwt.verify<object>(token, {
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
      algorithms: ['ES256'],
      complete: true,
    });
    expect(verified).toMatchObject({ header: { alg: 'ES256', typ: 'at+jwt', kid: 'k' }, payload: CLAIMS });
  });

  it('reads what it signed', () => {
    expect(signer.read(signer.sign(CLAIMS))).toEqual(CLAIMS);
  });

  const token = signer.sign(CLAIMS);
  const [, , signature = ''] = token.split('.');
  it.each([
    ['nothing', ''],
    ['dots', '..'],
    ['another payload', replaced(token, 1, segment({ ...CLAIMS, gen: 4 }))],
    ['no signature', replaced(token, 2, '')],
    ['a shorter signature', replaced(token, 2, signature.slice(0, -1))],
    ['a longer signature', replaced(token, 2, `${signature}=`)],
    ['a fourth part', `${token}.${signature}`],
    ['algorithm none', replaced(replaced(token, 0, segment({ alg: 'none', typ: 'rt+jwt' })), 2, '')],
    ['another type', jwt.sign(CLAIMS, { secret: Buffer.alloc(32, 7), noTimestamp: true })],
    ['another key', new JwsSigner(createSecretKey(Buffer.alloc(32, 8)), HEADER).sign(CLAIMS)],
  ])('reads no token with %s', (_what, altered) => {
    expect(signer.read(altered)).toBeNull();
  });
});
