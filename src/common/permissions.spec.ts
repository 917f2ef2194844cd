import { unite } from './permissions.js';

describe('two maps united', () => {
  const own = { leads: { view: true, create: false }, teams: { view: false } };

  it('allow what one of them allows', () => {
    const added = { leads: { create: true, delete: false }, roles: { view: true, edit: false } };
    expect(unite(own, added)).toEqual({
      leads: { view: true, create: true },
      teams: { view: false },
      roles: { view: true },
    });
  });

  it('leave both as they were', () => {
    unite(own, { leads: { create: true } });
    expect(own.leads).toEqual({ view: true, create: false });
  });

  it('are the first where there is no second', () => {
    expect(unite(own, null)).toBe(own);
  });
});
