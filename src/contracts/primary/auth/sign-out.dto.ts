import { IsBoolean } from 'class-validator';
import { field } from '../../shared/fields.js';

export class LogoutDto {
  @field(
    { optional: true, example: false, description: 'True ends every session, not only this one' },
    { type: Boolean },
    IsBoolean(),
  )
  all?: boolean;
}
