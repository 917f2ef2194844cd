import { readPermissions } from './permission-cache.js';

const ROLE = JSON.stringify({ leads: { view: true, edit: false }, members: { view: true } });
const DEPARTMENT = JSON.stringify({ leads: { edit: true }, members: { view: false } });

const read = (permissions: string, department: string | null) =>
  readPermissions({ level: 10, permissions }, 'primary', department);

it('parses a role, and unites it with that of a department', () => {
  expect(read(ROLE, null)).toEqual({
    leads: { view: true, edit: false },
    members: { view: true },
  });
  expect(read(ROLE, DEPARTMENT)).toEqual({
    leads: { view: true, edit: true },
    members: { view: true },
  });
});

it('gives one object for equal texts, and another after any change', () => {
  const first = read(ROLE, DEPARTMENT);
  expect(read(`${ROLE}`, `${DEPARTMENT}`)).toBe(first);
  const narrowed = read(ROLE.replace('"view":true', '"view":false'), DEPARTMENT);
  expect(narrowed).not.toBe(first);
  expect(narrowed).toMatchObject({ leads: { view: false } });
});

it('gives objects that no request can change for another', () => {
  const { leads } = read(ROLE, DEPARTMENT);
  expect(() => Object.assign(leads ?? {}, { delete: true })).toThrow(TypeError);
  expect(() => Object.assign(read(ROLE, null), { roles: {} })).toThrow(TypeError);
});
