import { v7 as newId } from 'uuid';
import { fromTypeId, toTypeId } from './type-id.js';

/** A valid example of the specification (https://github.com/jetify-com/typeid/blob/main/spec/valid.yml). */
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const SUFFIX = '01h455vb4pex5vsknk084sn02q';

describe('a TypeID', () => {
  it('stands for a UUID, as the specification has it', () => {
    expect(toTypeId('user', UUID)).toBe(`user_${SUFFIX}`);
    expect(fromTypeId('user', `user_${SUFFIX}`)).toBe(UUID);
  });

  it('leads back to the id it was made of', () => {
    for (let turn = 0; turn < 100; turn += 1) {
      const id = newId();
      expect(fromTypeId('key', toTypeId('key', id))).toBe(id);
    }
  });

  it.each([
    ['of another prefix', `org_${SUFFIX}`],
    ['without a prefix', SUFFIX],
    ['with an empty prefix', `_${SUFFIX}`],
    ['with a prefix before its prefix', `my_user_${SUFFIX}`],
    ['in capitals', `user_${SUFFIX.toUpperCase()}`],
    ['with its prefix in capitals', `USER_${SUFFIX}`],
    ['too short', `user_${SUFFIX.slice(1)}`],
    ['too long', `user_${SUFFIX}0`],
    ['of more than 128 bits', `user_8${SUFFIX.slice(1)}`],
    ['with a character that the alphabet leaves out', `user_${SUFFIX.slice(0, -1)}u`],
    ['with a character beyond ASCII', `user_${SUFFIX.slice(0, -1)}é`],
    ['with a blank', ` user_${SUFFIX}`],
    ['of no UUID', `user_${'7'}${'z'.repeat(24)}y`],
    ['that is a UUID', UUID],
    ['as the publication prints it', 'user_123'],
    ['that is nothing', ''],
  ])('%s is none', (_, text) => {
    expect(fromTypeId('user', text)).toBeNull();
  });
});
