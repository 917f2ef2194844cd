import { splitName } from '../../../common/identifiers.js';
import type { Registration } from '../../../modules/auth/registration.service.js';
import type { RegisterDto } from './sign-in.dto.js';

/** Maps this contract's body to the core's input. Two tenants may have the same name: the slug gets a number. */
export function registrationOf(body: RegisterDto): Registration & { email: string } {
  const { email, password, full_name, organization_name } = body;
  const names = splitName(full_name);
  return {
    email,
    password,
    ...names,
    companyName: organization_name,
    template: 'datixlab',
    sameName: 'allow',
  };
}
