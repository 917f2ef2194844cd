import { splitName } from '../../../common/identifiers.js';
import type { Registration } from '../../../modules/auth/registration.service.js';
import type { RegisterDto } from './otp.dto.js';

/** This contract's body in the core's words. Two businesses may have one name: the slug gets a number. */
export function founderOf({ name, businessName, ...body }: RegisterDto): Registration {
  return { ...body, ...splitName(name), companyName: businessName, template: 'katixo', slug: 'number' };
}
