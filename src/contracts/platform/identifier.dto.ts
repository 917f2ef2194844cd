import { TextField } from '../shared/fields.js';

/** In a body, so that it is in no log of addresses. */
export class IdentifierDto {
  @TextField({
    max: 320,
    example: 'jane@acme.com',
    description: 'The exact e-mail address or phone number, in any notation',
  })
  identifier: string;
}
