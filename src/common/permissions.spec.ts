import { unite } from './permissions.js';

describe('the union of two permission maps', () => {
  const own = { leads: { view: true, create: false }, teams: { view: false } };

  it('allows what one of them allows', () => {
    const added = { leads: { create: true, delete: false }, roles: { view: true, edit: false } };
    expect(unite(own, added)).toEqual({
      leads: { view: true, create: true },
      teams: { view: false },
      roles: { view: true },
    });
  });

  it('leaves both unchanged', () => {
    unite(own, { leads: { create: true } });
    expect(own.leads).toEqual({ view: true, create: false });
  });

  it('is the first where there is no second', () => {
    expect(unite(own, null)).toBe(own);
  });
});
