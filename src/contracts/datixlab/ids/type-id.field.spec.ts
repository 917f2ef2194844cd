import { createValidationPipe } from '../../../access/validation.js';
import { ValidationFailed } from '../../../common/validation-failed.js';
import { TypeIdField } from './type-id.field.js';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

class KeyIdDto {
  @TypeIdField('key')
  key_id: string;
}

const read = (key_id: unknown): Promise<KeyIdDto> =>
  createValidationPipe().transform({ key_id }, { type: 'param', metatype: KeyIdDto }) as Promise<KeyIdDto>;

describe('a field for a TypeID', () => {
  it('hands on the UUID', async () => {
    expect(await read('key_01h455vb4pex5vsknk084sn02q')).toEqual({ key_id: UUID });
  });

  it.each([
    ['user_01h455vb4pex5vsknk084sn02q'],
    ['key_123'],
    [UUID],
    [''],
    [7],
    [null],
    [undefined],
    [[UUID]],
  ])('refuses %j, and names itself', async (value) => {
    const error = await read(value).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationFailed);
    expect((error as ValidationFailed).options.errors).toEqual([
      { pointer: '#/key_id', code: 'is_uuid', detail: 'must be an id that starts with key_' },
    ]);
  });
});
