import type { Reply } from '../support/client.js';
import { findSchemaFaults } from '../support/conforms.js';
import { at, type Envelope, findRefusalFaults, KATIXO } from '../support/katixo.js';
import type { OpenApiDocument } from '../support/openapi.js';
import { sendRaw } from '../support/raw.js';
import { useSharedApp } from '../support/test-app.js';

/** Defects that generated requests found, each as one request that does not depend on chance. */
describe('found by generated requests', () => {
  const t = useSharedApp();

  describe('the target of a request in absolute form, or with encoded letters, is its path', () => {
    const ask = async (method: string, target: string) => {
      const head = `${method} ${target} HTTP/1.1\r\nHost: ${new URL(t.server.origin).host}\r\n`;
      const answer = await sendRaw(t.server.origin, `${head}Connection: close\r\n\r\n`);
      const [status = ''] = /\d{3}/.exec(answer) ?? [];
      return { status: Number(status), answer: answer.toLowerCase() };
    };

    it.each([
      ['absolute', `http://other.example${KATIXO}/auth/me`],
      ['encoded', '/%61pi/v1/auth/%6de'],
    ])('and the contract of that path answers with its error: %s', async (_, target) => {
      const { status, answer } = await ask('GET', target);
      expect(status).toBe(401);
      expect(answer).toContain('content-type: application/json');
      expect(answer).toContain('"success":false');
    });

    it.each([
      ['absolute', 'http://other.example/auth/me'],
      ['encoded', '/auth/%6de'],
    ])('and another method gets 405 there: %s', async (_, target) => {
      const { status, answer } = await ask('PUT', target);
      expect(status).toBe(405);
      expect(answer).toMatch(/allow: .*patch/);
    });
  });

  it('an operation whose body has the credential ignores a token of no form', async () => {
    for (const contract of ['primary', 'katixo']) {
      const { body } = await t.client().get<OpenApiDocument>(`/openapi/${contract}.json`);
      const optional = Object.values(body.paths)
        .flatMap((methods) => Object.values(methods))
        .filter((operation) => operation['x-access'].kind === 'optional');
      expect(optional.length).toBeGreaterThan(0);
      for (const { 'x-problems': problems } of optional)
        expect(problems).not.toContain('authentication_required');
    }
    const headers = { authorization: 'Bearer not a token' };
    const body = { phone: '+919876543210', otp: '123456' };
    const reply = (await t
      .client()
      .post(at('/auth/otp/verify'), body, { headers })) as unknown as Reply<Envelope>;
    expect(findRefusalFaults(reply, 'otp_invalid', 400)).toEqual([]);
  });

  it('a refused line of a list of invitations is as documented', async () => {
    const owner = await t.given.verifiedTenant();
    const { body: document } = await t.client().get<OpenApiDocument>('/openapi/primary.json');
    const reply = await owner.client.post('/auth/invite/bulk', { invitations: [{ role: 'user' }] });
    expect(reply.body.results[0]?.error?.code).toBe('validation_failed');
    const { schemas } = document.components;
    const schema = { $ref: '#/components/schemas/BulkInvitationResultsDto' };
    expect(findSchemaFaults(schemas, schema, reply.body)).toEqual([]);
  });
});
