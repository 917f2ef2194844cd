import { PERMISSION_CATALOGUE } from '../../common/permissions.js';
import { completePermissions, describeCatalogue } from './role-permissions.js';

describe('the permissions of a role', () => {
  it('contain every action of each given resource, as true or false', () => {
    expect(completePermissions({ leads: { view: true, edit: false }, workflows: {} })).toEqual({
      leads: { view: true, create: false, edit: false, delete: false },
      workflows: { approve: false },
    });
    expect(completePermissions({})).toEqual({});
  });

  it.each([
    [{ dragons: {} }],
    [{ leads: { fly: false } }],
    [{ members: { create: true } }],
    [{ constructor: { name: true } }],
    [{ leads: { constructor: true } }],
  ])('reject %j', (permissions) => {
    expect(() => completePermissions(permissions)).toThrow('validation_failed');
  });

  it('come from a catalogue that lists which actions the actor has', () => {
    const catalogue = describeCatalogue({ members: { view: true, edit: false }, dragons: { view: true } });
    expect(catalogue.map(({ resource }) => resource)).toEqual(Object.keys(PERMISSION_CATALOGUE));
    expect(catalogue.flatMap(({ resource, held }) => held.map((action) => `${resource}.${action}`))).toEqual([
      'members.view',
    ]);
  });
});
