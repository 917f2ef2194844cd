import { statementSpan } from './statement-span.js';

it.each([
  ['SELECT id FROM users u WHERE u.email = $1', 'SELECT users'],
  ['SELECT "u"."id" FROM "users" "u"', 'SELECT users'],
  ['SELECT extract(epoch FROM now() - s.created_at) FROM sessions s', 'SELECT sessions'],
  ['SELECT extract(epoch FROM s.created_at) FROM sessions s FOR UPDATE OF s', 'SELECT sessions'],
  ['\n  INSERT INTO "memberships"("id") VALUES ($1)', 'INSERT memberships'],
  ['UPDATE tenants SET name = $1', 'UPDATE tenants'],
  ['WITH p AS (SELECT * FROM unnest($1::uuid[])) DELETE FROM messages', 'WITH messages'],
  ['START TRANSACTION', 'START'],
])('summarises %s', (text, summary) => {
  expect(statementSpan(text)).toMatchObject({ name: summary, attributes: { 'db.query.summary': summary } });
});

it('has the name of a statement, and neither its text nor a literal', () => {
  const { name, attributes } = statementSpan(
    `SELECT 1 FROM users WHERE email = 'ada@example.com'`,
    'find-user',
  );
  expect([name, attributes['gatehouse.statement']]).toEqual(['find-user', 'find-user']);
  expect(JSON.stringify(attributes)).not.toMatch(/ada|WHERE/);
});
