import { splitName } from '../../../common/identifiers.js';
import type { Registration } from '../../../modules/auth/registration.service.js';
import type { RegisterDto } from './sign-in.dto.js';

/** This contract's body in the core's words. Two organisations may have one name: the slug gets a number. */
export function founderOf({ email, password, full_name, organization_name }: RegisterDto): Registration {
  const names = splitName(full_name);
  return { email, password, ...names, companyName: organization_name, template: 'datixlab', slug: 'number' };
}
