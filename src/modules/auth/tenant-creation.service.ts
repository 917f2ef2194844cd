import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { noteContents } from '../idempotency/running-request.js';
import { OtpService } from '../otp/otp.service.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { EmailVerificationLinksService } from '../profile/email-verification-links.service.js';
import { type CreateTenantInput, TenantsService } from '../tenants/tenants.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import type { NewUser } from '../users/users.repository.js';
import { UsersService } from '../users/users.service.js';
import { type AuthenticationResult, type SignInOutcome, SignInService } from './sign-in.service.js';

export interface TenantCreation {
  creator: NewUser;
  /**
   * The creator's existing account, if any: emptied, without a password, and locked by the caller. It gets the
   * creator's names.
   */
  account?: UserEntity;
  /** A hash from `CredentialsService.prepare`. */
  passwordHash: string;
  tenant: Omit<CreateTenantInput, 'creatorId'>;
  method: AuthenticationResult['method'];
}

export interface CreatedTenant {
  user: { id: string; email: string | null; firstName: string; lastName: string; createdAt: Date };
  tenantId: string;
  /** Key of the creator's role. */
  role: string;
}

/** Creates a user without an invitation: the user, their tenant and optionally their first session. */
@Injectable()
export class TenantCreationService {
  constructor(
    private readonly users: UsersService,
    private readonly tenants: TenantsService,
    private readonly emails: EmailVerificationLinksService,
    private readonly otp: OtpService,
    private readonly credentials: CredentialsService,
    private readonly signIn: SignInService,
    private readonly audit: AuditService,
  ) {}

  /** As `create`, and signs the creator in. */
  async createAndSignIn(
    tx: PeopleTransaction,
    creation: TenantCreation,
    origin: RequestOrigin,
  ): Promise<SignInOutcome> {
    const { user, tenantId, credential } = await this.create(tx, creation, origin);
    const authentication = { userId: user.id, tenantId, method: creation.method, credential };
    return this.signIn.complete(tx, authentication, origin);
  }

  /**
   * Sends a verification link or code to each identifier that is not verified yet. Throws EmailTaken, PhoneTaken or
   * CompanyNameTaken.
   */
  async create(
    tx: PeopleTransaction,
    { creator, account, passwordHash, tenant }: Omit<TenantCreation, 'method'>,
    origin: RequestOrigin,
  ): Promise<CreatedTenant & { credential: Credential }> {
    const user = account ? await this.users.fill(tx, account, creator) : await this.users.create(tx, creator);
    noteContents({ userId: user.id });
    const { id: tenantId } = await this.tenants.create(tx, { ...tenant, creatorId: user.id }, origin);
    if (!account) {
      await this.audit.record(tx, origin, {
        action: 'user.created',
        tenantId,
        actorId: user.id,
        target: { kind: 'user', id: user.id },
      });
    }
    const { roles } = this.tenants.productOf(tenant, origin);
    const credential = await this.credentials.set(tx, user.id, passwordHash);
    if (user.email !== null && !user.emailVerifiedAt)
      await this.emails.request(tx, user, user.email, { origin, tenantId });
    if (user.phone !== null && !user.phoneVerifiedAt) {
      const identifier = { kind: 'phone', value: user.phone } as const;
      await this.otp.issue(tx, { purpose: 'sign-in', identifier }, origin);
    }
    return { user, tenantId, role: roles[0]?.key ?? '', credential };
  }
}
