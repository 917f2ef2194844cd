import { splitName } from '../../../common/identifiers.js';
import type { Registration } from '../../../modules/auth/registration.service.js';
import type { RegisterDto } from './otp.dto.js';

/** Maps this contract's body to the core's input. Two tenants may have the same name: the slug gets a number. */
export function registrationOf({ name, businessName, ...body }: RegisterDto): Registration {
  return { ...body, ...splitName(name), companyName: businessName, template: 'katixo', sameName: 'allow' };
}
