import { type GrantedRole, readPermissions, recallPermissions } from './permission-cache.js';

const ROLE = JSON.stringify({ leads: { view: true, edit: false }, members: { view: true } });
const DEPARTMENT = JSON.stringify({ leads: { edit: true }, members: { view: false } });

let roles = 0;

/** Of a revision that nothing has read before. */
const role = (overrides: Partial<GrantedRole> = {}): GrantedRole => ({
  level: 10,
  product: 'primary',
  revision: `revision-${(roles += 1)}`,
  departmentRevision: null,
  ...overrides,
});
const inDepartment = (departmentRevision = 'department') => role({ departmentRevision });

it('parses a role, and unites it with that of a department', () => {
  expect(readPermissions(role(), ROLE, null)).toEqual({
    leads: { view: true, edit: false },
    members: { view: true },
  });
  expect(readPermissions(inDepartment(), ROLE, DEPARTMENT)).toEqual({
    leads: { view: true, edit: true },
    members: { view: true },
  });
});

it('recalls a role by its revision, without its JSON', () => {
  const read = inDepartment();
  expect(recallPermissions(read)).toBeUndefined();
  const permissions = readPermissions(read, ROLE, DEPARTMENT);
  expect(recallPermissions({ ...read })).toBe(permissions);
  expect(readPermissions({ ...read }, undefined, undefined)).toBe(permissions);
});

it.each([
  ['another revision', { revision: 'other' }],
  ['another revision of the department’s role', { departmentRevision: 'other' }],
  ['no department', { departmentRevision: null }],
  ['another level', { level: 100 }],
  ['another product', { product: 'katixo' }],
  ['no product', { product: null }],
])('recalls nothing for %s', (_, other) => {
  const read = inDepartment();
  readPermissions(read, ROLE, DEPARTMENT);
  expect(recallPermissions({ ...read, ...other })).toBeUndefined();
  expect(() => readPermissions({ ...read, ...other }, undefined, undefined)).toThrow('not known');
});

it('does not mix up the revisions of two roles that change places', () => {
  readPermissions(role({ revision: 'one', departmentRevision: 'two' }), ROLE, DEPARTMENT);
  expect(recallPermissions(role({ revision: 'two', departmentRevision: 'one' }))).toBeUndefined();
});

it('gives one object for roles of equal JSON, and another after any change', () => {
  const first = readPermissions(inDepartment('a'), ROLE, DEPARTMENT);
  expect(readPermissions(inDepartment('b'), `${ROLE}`, `${DEPARTMENT}`)).toBe(first);
  const narrowed = readPermissions(
    inDepartment('c'),
    ROLE.replace('"view":true', '"view":false'),
    DEPARTMENT,
  );
  expect(narrowed).not.toBe(first);
  expect(narrowed).toMatchObject({ leads: { view: false } });
});

it('gives objects that no request can change for another', () => {
  const { leads } = readPermissions(inDepartment(), ROLE, DEPARTMENT);
  expect(() => Object.assign(leads ?? {}, { delete: true })).toThrow(TypeError);
  expect(() => Object.assign(readPermissions(role(), ROLE, null), { roles: {} })).toThrow(TypeError);
});
