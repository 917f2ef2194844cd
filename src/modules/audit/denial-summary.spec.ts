import { type Denial, DenialSummary } from './denial-summary.js';

const origin = (address: string) => ({ address, userAgent: null, requestId: address });
const denial: Denial = {
  action: 'authorization.refused',
  code: 'permission_missing',
  permission: 'roles.edit',
  tenantId: 't',
  actor: { kind: 'api_key', id: 'k' },
};
const summaryOf = (...denials: Denial[]): DenialSummary => {
  const summary = new DenialSummary(denial);
  denials.forEach((one, index) => summary.add(one, origin(`10.0.0.${index}`), index));
  return summary;
};

it('sums up denials, with the time and the origin of the newest', () => {
  const other: Denial = { ...denial, code: 'role_level_exceeded', permission: undefined };
  const { event, origin: newest, lastAt } = summaryOf(denial, other, denial).take(9);
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

it('starts again once taken', () => {
  const summary = summaryOf(denial, denial);
  summary.take(0);
  expect(summary.isEmpty).toBe(true);
  summary.add(denial, origin('10.0.0.9'), 5);
  expect(summary.take(5).event.detail).toMatchObject({ count: 1 });
});

it('is due for its first row at once, and for the next one after the interval', () => {
  const summary = summaryOf(denial);
  expect(summary.isDue(0, 60)).toBe(true);
  summary.take(100);
  expect([159, 160].map((now) => summary.isDue(now, 60))).toEqual([false, true]);
});

it('names the account if the request was not authenticated', () => {
  const summary = new DenialSummary({
    action: 'attempts.exceeded',
    tenantId: null,
    actor: null,
    userId: 'u',
  });
  summary.add(denial, origin('10.0.0.1'), 0);
  expect(summary.take(0).event).toMatchObject({
    actorId: null,
    actorKind: 'anonymous',
    target: { kind: 'user', id: 'u' },
  });
});
