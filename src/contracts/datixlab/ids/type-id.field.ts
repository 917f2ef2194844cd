import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';
import { field, type FieldOptions } from '../../shared/fields.js';
import { fromTypeId, type IdPrefix } from './type-id.js';

/** A TypeID with this prefix; the handler gets the UUID. */
export const TypeIdField = (prefix: IdPrefix, options: FieldOptions = {}) =>
  field(
    options,
    { type: String, pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$` },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (fromTypeId(prefix, value) ?? '') : value,
    ),
    IsUUID('all', { message: `must be an id that starts with ${prefix}_` }),
  );
