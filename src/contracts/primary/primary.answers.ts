import type { AnsweredRequest, AnswerReaders, Learned, Memory } from '../shared/docs/page/memory.js';
import type { SecondFactorRequiredDto } from '../shared/second-factor.js';
import type { ApiKeyPageDto, IssuedApiKeyDto } from './api-keys/api-keys.dto.js';
import type { ForgotPasswordDto } from './auth/recovery.dto.js';
import type { PasswordChangedDto, TwoFactorChangedDto } from './auth/reissued.dto.js';
import type { MeDto, SignedInDto, TokensDto } from './auth/session.dto.js';
import type { SessionPageDto } from './auth/sessions.dto.js';
import type { DepartmentDto } from './departments/departments.dto.js';
import type { BulkInvitationResultsDto } from './invitations/bulk-invitations.dto.js';
import type { InvitationDto } from './invitations/invitations.dto.js';
import type { OrganisationDto } from './organisations/organisations.dto.js';
import type { KnownByOtpDto, NewByOtpDto, RequestOtpDto } from './otp/otp.dto.js';
import type { IssuedServiceAccountDto } from './service-accounts/service-accounts.dto.js';
import type { TeamDto } from './teams/teams.dto.js';
import type { MemberPageDto } from './tenants/members.dto.js';
import type { RoleDto } from './tenants/roles.dto.js';
import type { BackupCodesDto, EnrolmentDto } from './two-factor/two-factor.dto.js';

/**
 * What the documentation page learns from this contract. An accepted invitation or a sign-up teaches nothing: the
 * reader of the page stays who they are.
 */
export const answers = {
  register: signIn,
  login: signIn,
  refreshTokens: tokens,
  switchOrganisation: signIn,
  verifyTwoFactor: (answer: SignedInDto) => ({ ...signIn(answer), usedCode: true }),
  changePassword: (answer: PasswordChangedDto) => tokens(answer),
  logout: signOut,
  deleteMe: signOut,

  requestOtp: (_: unknown, { body }: AnsweredRequest<RequestOtpDto>) => ({ phone: body.phone ?? null }),
  verifyOtp: (answer: KnownByOtpDto | NewByOtpDto | SecondFactorRequiredDto) => ({
    signupToken: 'signupToken' in answer ? answer.signupToken : null,
  }),

  getMe: me,
  updateMe: me,
  forgotPassword: (_: unknown, { body }: AnsweredRequest<ForgotPasswordDto>) => ({
    recoveryEmail: body.email ?? null,
  }),

  createOrganisation: ({ id }: OrganisationDto) => ({ otherOrganisationId: id }),
  createInvitation: ({ id, email }: InvitationDto) => ({ invitationId: id, invited: email }),
  createInvitations: ({ results }: BulkInvitationResultsDto) => ({
    invitationId: results.find((line) => line.status === 'invited')?.invitation.id ?? null,
  }),
  listMembers: ({ data }: MemberPageDto, _: unknown, { invited }: Memory) => ({
    memberId: data.find(({ email }) => email === invited)?.id ?? null,
  }),
  createRole: ({ id }: RoleDto) => ({ roleId: id }),
  createDepartment: ({ id }: DepartmentDto) => ({ departmentId: id }),
  createTeam: ({ id }: TeamDto) => ({ teamId: id }),

  createApiKey: ({ id }: IssuedApiKeyDto) => ({ apiKeyId: id }),
  createServiceAccount: ({ id }: IssuedServiceAccountDto) => ({ serviceAccountId: id }),
  listApiKeys: ({ data }: ApiKeyPageDto) => ({ apiKeyId: data[0]?.id ?? null }),

  listSessions: ({ data }: SessionPageDto) => ({
    otherSessionId: data.find(({ current }) => !current)?.id ?? null,
  }),
  endSession: (_: unknown, { parameters: { id } }: AnsweredRequest, { otherSessionId }: Memory) => ({
    otherSessionId: id === otherSessionId ? null : otherSessionId,
  }),

  enableTwoFactor: ({ secret, otpauthUri, backupCodes }: EnrolmentDto) => ({
    enrolment: { secret, otpauthUri },
    backupCodes,
  }),
  confirmTwoFactor: (answer: TwoFactorChangedDto) => ({ ...tokens(answer), usedCode: true }),
  regenerateBackupCodes: ({ backupCodes }: BackupCodesDto) => ({ backupCodes, usedCode: true }),
  disableTwoFactor: (answer: TwoFactorChangedDto) => ({
    ...tokens(answer),
    authenticator: null,
    backupCodes: null,
  }),
} satisfies AnswerReaders;

function signIn(answer: SignedInDto | SecondFactorRequiredDto): Learned {
  if ('tempToken' in answer) return { tempToken: answer.tempToken };
  const { user } = answer;
  return { ...tokens(answer), userId: user.id, email: user.email ?? undefined };
}

function tokens({ accessToken, refreshToken }: TokensDto): Learned {
  return { accessToken, refreshToken };
}

function signOut(): Learned {
  return { accessToken: null, refreshToken: null };
}

function me({ email, pendingEmail }: MeDto): Learned {
  return { email: pendingEmail ?? email };
}
