import { type Refusal, RefusalTally } from './refusal-tally.js';

const client = (address: string) => ({ address, userAgent: null, requestId: address });
const refusal: Refusal = {
  action: 'authorization.refused',
  code: 'permission_missing',
  permission: 'roles.edit',
  tenantId: 't',
  actor: { kind: 'api_key', id: 'k' },
};
const tallyOf = (...refusals: Refusal[]): RefusalTally => {
  const tally = new RefusalTally(refusal);
  refusals.forEach((one, index) => tally.add(one, client(`10.0.0.${index}`), index));
  return tally;
};

it('sums up what came together, with the time and the client of the newest', () => {
  const other: Refusal = { ...refusal, code: 'role_level_exceeded', permission: undefined };
  const { event, client: newest, lastAt } = tallyOf(refusal, other, refusal).take(9);
  expect(event).toEqual({
    action: 'authorization.refused',
    tenantId: 't',
    actorId: 'k',
    actorKind: 'api_key',
    outcome: 'refused',
    detail: { count: 3, codes: ['permission_missing', 'role_level_exceeded'], permissions: ['roles.edit'] },
  });
  expect([newest.address, lastAt]).toEqual(['10.0.0.2', 2]);
});

it('starts anew once taken', () => {
  const tally = tallyOf(refusal, refusal);
  tally.take(0);
  expect(tally.isEmpty).toBe(true);
  tally.add(refusal, client('10.0.0.9'), 5);
  expect(tally.take(5).event.detail).toMatchObject({ count: 1 });
});

it('is at rest for a while after a row, and not before the first', () => {
  const tally = tallyOf(refusal);
  expect(tally.isRested(0, 60)).toBe(true);
  tally.take(100);
  expect([159, 160].map((now) => tally.isRested(now, 60))).toEqual([false, true]);
});

it('names the account where nobody was signed in', () => {
  const tally = new RefusalTally({ action: 'attempts.exceeded', tenantId: null, actor: null, userId: 'u' });
  tally.add(refusal, client('10.0.0.1'), 0);
  expect(tally.take(0).event).toMatchObject({
    actorId: null,
    actorKind: 'anonymous',
    target: { kind: 'user', id: 'u' },
  });
});
