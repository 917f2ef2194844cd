import { ApiKeyEntity } from '../modules/api-keys/entities/api-key.entity.js';
import { ApiKeySecretEntity } from '../modules/api-keys/entities/api-key-secret.entity.js';
import { ApiKeyUsageEntity } from '../modules/api-keys/entities/api-key-usage.entity.js';
import { AttemptEntity } from '../modules/attempts/entities/attempt.entity.js';
import { AuditEventEntity } from '../modules/audit/entities/audit-event.entity.js';
import { BulkRevocationEntity } from '../modules/bulk-revocation/entities/bulk-revocation.entity.js';
import { DepartmentEntity } from '../modules/groups/entities/department.entity.js';
import { TeamEntity } from '../modules/groups/entities/team.entity.js';
import { IdempotencyRecordEntity } from '../modules/idempotency/entities/idempotency-record.entity.js';
import { InvitationEntity } from '../modules/invitations/entities/invitation.entity.js';
import { InvitationTeamEntity } from '../modules/invitations/entities/invitation-team.entity.js';
import { MessageEntity } from '../modules/messaging/entities/message.entity.js';
import { SmsAlertEntity } from '../modules/messaging/entities/sms-alert.entity.js';
import { SmsSpendingEntity } from '../modules/messaging/entities/sms-spending.entity.js';
import { UnconfirmedNoticeEntity } from '../modules/messaging/entities/unconfirmed-notice.entity.js';
import { OperatorEntity } from '../modules/operator-accounts/entities/operator.entity.js';
import { OperatorSessionEntity } from '../modules/operator-accounts/entities/operator-session.entity.js';
import { OtpChallengeEntity } from '../modules/otp/entities/otp-challenge.entity.js';
import { PasswordCredentialEntity } from '../modules/passwords/entities/password-credential.entity.js';
import { EmailChangeEntity } from '../modules/profile/entities/email-change.entity.js';
import { SecretKeyEntity } from '../modules/secret-keys/entities/secret-key.entity.js';
import { OneTimeSecretEntity } from '../modules/secrets/entities/one-time-secret.entity.js';
import { NextSigningKeyEntity } from '../modules/sessions/entities/next-signing-key.entity.js';
import { PendingSignInEntity } from '../modules/sessions/entities/pending-sign-in.entity.js';
import { SessionEntity } from '../modules/sessions/entities/session.entity.js';
import { SigningKeyEntity } from '../modules/sessions/entities/signing-key.entity.js';
import { MembershipEntity } from '../modules/tenants/entities/membership.entity.js';
import { RoleEntity } from '../modules/tenants/entities/role.entity.js';
import { TeamMemberEntity } from '../modules/tenants/entities/team-member.entity.js';
import { TenantEntity } from '../modules/tenants/entities/tenant.entity.js';
import { RecoveryCodeEntity } from '../modules/two-factor/entities/recovery-code.entity.js';
import { TotpFactorEntity } from '../modules/two-factor/entities/totp-factor.entity.js';
import { TrustedDeviceEntity } from '../modules/two-factor/entities/trusted-device.entity.js';
import { AvatarEntity } from '../modules/users/entities/avatar.entity.js';
import { UserEntity } from '../modules/users/entities/user.entity.js';

/** Every table of the server, in alphabetical order. */
export const ENTITIES = [
  ApiKeyEntity,
  ApiKeySecretEntity,
  ApiKeyUsageEntity,
  AttemptEntity,
  AuditEventEntity,
  AvatarEntity,
  BulkRevocationEntity,
  DepartmentEntity,
  EmailChangeEntity,
  IdempotencyRecordEntity,
  InvitationEntity,
  InvitationTeamEntity,
  MembershipEntity,
  MessageEntity,
  NextSigningKeyEntity,
  OneTimeSecretEntity,
  OperatorEntity,
  OperatorSessionEntity,
  OtpChallengeEntity,
  PasswordCredentialEntity,
  PendingSignInEntity,
  RecoveryCodeEntity,
  RoleEntity,
  SecretKeyEntity,
  SessionEntity,
  SigningKeyEntity,
  SmsAlertEntity,
  SmsSpendingEntity,
  TeamEntity,
  TeamMemberEntity,
  TenantEntity,
  TotpFactorEntity,
  TrustedDeviceEntity,
  UnconfirmedNoticeEntity,
  UserEntity,
];
