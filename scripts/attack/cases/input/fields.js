import { demand } from '../../world/demand.js';
import { uniqueEmail, uniqueName } from '../../world/names.js';
import { registration, tenant } from '../../world/people.js';

const area = 'input';
const REGISTER = '/auth/register';

export const FIELDS = [
  {
    id: 'input-registration-columns',
    area,
    title: 'The server’s own columns at registration: role, tenant, verified, status, hash',
    recalls: 'better-auth#9974; CVE-2026-54693 Zitadel',
    expected: '400',
    run: async (t, look) => {
      t.needRegistration();
      const client = t.client();
      const fields = [
        'role',
        'roleLevel',
        'tenantId',
        'tenant',
        'id',
        'isVerified',
        'status',
        'passwordHash',
        'twoFactorEnabled',
        'permissions',
        'isAdmin',
        'createdAt',
      ];
      for (const field of fields)
        look.refused(field, await client.post(REGISTER, { ...registration(), [field]: 'x' }), 400);
    },
  },
  {
    id: 'input-profile-columns',
    area,
    title: 'The same fields in the update of the profile',
    recalls: 'better-auth#9974, #9965',
    expected: '400',
    run: async (t, look) => {
      const client = t.as(t.home);
      const fields = [
        'id',
        'role',
        'tenantId',
        'status',
        'banned',
        'password',
        'passwordHash',
        'twoFactorEnabled',
        'phone',
        'avatar',
        'pendingEmail',
        'createdAt',
        'isAdmin',
      ];
      for (const field of fields) look.refused(field, await client.patch('/auth/me', { [field]: 'x' }), 400);
    },
  },
  {
    id: 'input-redirects',
    area,
    title: 'The destination of a message or a redirect, chosen by the caller',
    recalls: 'GHSA-vp58-j275-797x, GHSA-86j7-9j95-vpqj Better Auth',
    expected: '400: there is no such field, and no response redirects',
    run: async (t, look) => {
      const client = t.client();
      const targets = [
        '//evil.example',
        'https:evil.example',
        '\\\\evil.example',
        'javascript:alert(1)',
        'https://evil.example',
      ];
      const fields = ['redirectTo', 'redirect_uri', 'callbackURL', 'returnTo', 'next'];
      for (const [index, field] of fields.entries()) {
        const value = targets[index];
        look.refused(
          field,
          await client.post('/auth/forgot-password', { email: uniqueEmail(), [field]: value }),
          400,
        );
        const reply = await client.get(`/auth/me?${field}=${encodeURIComponent(value)}`);
        look.holds(`${field} redirects`, reply.status === 401 && !reply.headers.location, '401');
      }
    },
  },
  {
    id: 'input-queries-in-fields',
    area,
    budget: 60,
    title: 'SQL and patterns as address, password, slug, filter and id',
    recalls: 'CVE-2026-33503 Kratos (SQL injection); OWASP ASVS V1.2.4',
    expected: 'taken literally: refused, and no response of 500 or above',
    run: async (t, look) => {
      const client = t.guesser();
      const owner = t.as(t.home);
      const texts = [
        "' OR '1'='1",
        "'; DROP TABLE users; --",
        "' UNION SELECT 1--",
        '%',
        '\\',
        '$(id)',
        '{{7*7}}',
      ];
      for (const text of texts) {
        const encoded = encodeURIComponent(text);
        look.refused('address', await client.post('/auth/login', { email: text, password: 'x' }), 400);
        look.refused(
          'password',
          await client.post('/auth/login', { email: 'a@example.com', password: text }),
          401,
          429,
        );
        look.refused(
          'slug',
          await client.post('/auth/login', { email: 'a@example.com', password: 'x', tenantSlug: text }),
          400,
          401,
          404,
          429,
        );
        look.refused('id', await owner.get(`/tenants/current/members/${encoded}`), 400, 404);
        look.refused('state', await owner.get(`/tenants/current/invitations?state=${encoded}`), 400);
        const filtered = await owner.get(`/tenants/current/members?role=${encoded}`);
        look.holds(
          `role: ${filtered.status}`,
          filtered.status < 500 && !filtered.body.data?.length,
          'no row',
        );
      }
    },
  },
  {
    id: 'input-names',
    area,
    title: 'Names with links, control characters, direction marks, or of unlimited length',
    recalls: 'CVE-2024-41953 Zitadel; Kratos ee7127f47',
    expected: '400',
    run: async (t, look) => {
      t.needRegistration();
      const client = t.client();
      const names = [
        'https://evil.example',
        'Click www.evil.example now',
        '//evil.example',
        'a\r\nBcc: b@example.com',
        'a\0b',
        '\u202eevil',
        'a\u200bb',
        'x'.repeat(500),
        '   ',
        '',
      ];
      for (const name of names) {
        look.refused('first name', await client.post(REGISTER, registration({ firstName: name })), 400);
        look.refused('company', await client.post(REGISTER, registration({ companyName: name })), 400);
      }
      const owner = t.as(t.home);
      for (const name of names.slice(0, 6))
        look.refused('team', await owner.post('/tenants/current/teams', { name }), 400);
    },
  },
  {
    id: 'input-pictures',
    area,
    title: 'Files that are not pictures as the picture of an account: SVG, HTML, a script, a bare signature',
    recalls: 'OWASP ASVS V5.2.2 (stored cross-site scripting by a picture)',
    expected: '400 or 415',
    run: async (t, look) => {
      const { client } = await tenant(t, { verified: false });
      const files = {
        SVG: ['a.png', 'image/png', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
        HTML: ['a.jpg', 'image/jpeg', '<html><script>alert(1)</script></html>'],
        'a signature': ['a.png', 'image/png', '\x89PNG\r\n\x1a\n<script>alert(1)</script>'],
        'a path': ['../../../a.png', 'image/png', 'x'],
        'no file': ['a.png', 'text/html', 'x'],
      };
      for (const [what, [filename, type, content]] of Object.entries(files)) {
        const body = Buffer.from(
          `--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n--b--\r\n`,
          'latin1',
        );
        const headers = { 'content-type': 'multipart/form-data; boundary=b' };
        look.refused(what, await client.put('/auth/me/avatar', body, { headers }), 400, 413, 415);
      }
      look.equal('the picture', demand(await client.get('/auth/me'), 200).body.avatar, null);
    },
  },
  {
    id: 'input-known-credentials',
    area,
    budget: 60,
    title: 'Default accounts and passwords, and every example of the published description as a credential',
    recalls: 'OWASP ASVS V6.3.2, V15.2.3 (default accounts)',
    expected: '401, 400 or 404',
    run: async (t, look) => {
      const client = t.guesser();
      for (const email of ['admin@example.com', 'admin@acme.com', 'root@localhost', 'test@test.com']) {
        for (const password of ['admin', 'password', 'SecurePass123!', 'changeme']) {
          look.refused(email, await client.post('/auth/login', { email, password }), 401, 429);
        }
      }
      const nobody = t.client();
      for (const token of [
        'abc123def456',
        'reset-token-123',
        'verification-token-123',
        'eyJhbGciOiJIUzI1NiIs...',
        'temp_xyz789',
        'sk_live_xyz789',
      ]) {
        look.refused('bearer', await nobody.as(token).get('/auth/me'), 401);
        look.refused('invitation', await nobody.get(`/auth/invite/validate?token=${token}`), 404);
        look.refused('reset link', await nobody.get(`/auth/reset-password/validate?token=${token}`), 400);
        look.refused('refresh', await nobody.post('/auth/refresh', { refreshToken: token }), 401);
      }
    },
  },
  {
    id: 'input-slugs',
    area,
    title: 'Names of tenants that lead to the same short name: one must not open the other',
    recalls: 'CVE-2026-55670 Zitadel (a recycled name); CVE-2021-3754 Keycloak',
    expected: 'another short name, or 409; never the same',
    run: async (t, look) => {
      const name = uniqueName('slug');
      const first = await tenant(t, { verified: false, companyName: name });
      for (const other of [name.toUpperCase(), `${name}!`, name.replaceAll(' ', '-'), ` ${name} `]) {
        const reply = await t.client().post(REGISTER, registration({ companyName: other }));
        if (reply.status === 201) {
          look.holds(
            'the same short name',
            reply.body.tenant.slug !== first.tenant.slug,
            'another short name',
          );
          const { accessToken } = reply.body;
          t.remove(async () => void (await t.client(accessToken).delete('/users/me', {})));
        } else look.refused(other.slice(-6), reply, 409);
      }
    },
  },
];
