import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, Equals, IsArray, IsIn, ValidateBy } from 'class-validator';
import { formatNetwork, parseNetwork } from '../../../common/network.js';
import { PERMISSIONS } from '../../../common/permissions.js';
import { field, type FieldOptions } from '../../shared/fields.js';

const MAX_BLOCKS = 100;

/** Permissions of the catalogue as `resource.action`. The core decides which of them an API key may have. */
export const ScopesField = (options: FieldOptions = {}) =>
  field(
    options,
    { type: 'array', items: { type: 'string', enum: [...PERMISSIONS] }, maxItems: PERMISSIONS.length },
    IsArray(),
    ArrayMaxSize(PERMISSIONS.length),
    IsIn(PERMISSIONS, { each: true, message: 'must be permissions, such as leads.view' }),
  );

/** Addresses and blocks; the handler gets CIDR notation. An empty list is refused: it could mean all or none. */
export const NetworksField = (options: FieldOptions = {}) =>
  field(
    options,
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_BLOCKS },
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) && value.length <= MAX_BLOCKS ? value.map(canonical) : value,
    ),
    IsArray(),
    ArrayMinSize(1, { message: 'must hold an address, or be left out to allow any' }),
    ArrayMaxSize(MAX_BLOCKS),
    ValidateBy(
      {
        name: 'isNetwork',
        validator: {
          validate: (value: unknown) => typeof value === 'string' && parseNetwork(value) !== null,
          defaultMessage: () => 'must be addresses or CIDR blocks without host bits, such as 203.0.113.0/24',
        },
      },
      { each: true },
    ),
  );

/** Accepts null only. */
export const NoExpiryField = (options: FieldOptions = {}) =>
  field(
    options,
    { type: String, format: 'date-time', nullable: true, enum: [null] },
    Equals(null, { message: 'must be null; for a time send expiresInDays instead' }),
  );

function canonical(text: unknown): unknown {
  const network = typeof text === 'string' ? parseNetwork(text) : null;
  return network ? formatNetwork(network) : text;
}
