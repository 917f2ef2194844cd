import type { AnsweredRequest, AnswerReaders, Learned } from '../shared/docs/page/memory.js';
import type { SecondFactorRequiredDto } from '../shared/second-factor.js';
import type { AuthResponseDto, MeDto, TokensDto } from './auth/auth-response.dto.js';
import type { KnownPhoneDto, NewPhoneDto, RequestOtpDto } from './auth/otp.dto.js';
import type { ForgotPasswordDto } from './auth/password.dto.js';
import type { InvitationDto } from './invitations/invitations.dto.js';
import type { OrganisationDto } from './organisations/organisations.dto.js';

interface Enveloped<Data> {
  data: Data;
}

/** What the documentation page learns from this contract, whose answers are in an envelope. */
export const answers = {
  requestOtp: (_: unknown, { body }: AnsweredRequest<RequestOtpDto>) => ({ phone: body.phone }),
  verifyOtp: (answer: Enveloped<KnownPhoneDto | NewPhoneDto | SecondFactorRequiredDto>) =>
    'signupToken' in answer.data ? { signupToken: answer.data.signupToken } : signIn({ data: answer.data }),
  signUp: signIn,
  register: signIn,
  login: signIn,
  verifyTwoFactor: (answer: Enveloped<AuthResponseDto>) => ({ ...signIn(answer), usedCode: true }),
  refreshTokens: tokens,
  createOrganisation: ({ data }: Enveloped<OrganisationDto>) => ({ otherOrganisationId: data.id }),
  switchOrganisation: signIn,
  createInvitation: ({ data }: Enveloped<InvitationDto>) => ({ invited: data.phone }),
  logout: (): Learned => ({ accessToken: null, refreshToken: null }),
  getMe: ({ data }: Enveloped<MeDto>) => ({ email: data.email ?? undefined }),
  forgotPassword: (_: unknown, { body }: AnsweredRequest<ForgotPasswordDto>) => ({ phone: body.phone }),
} satisfies AnswerReaders;

function signIn({ data }: Enveloped<AuthResponseDto | SecondFactorRequiredDto>): Learned {
  if ('tempToken' in data) return { tempToken: data.tempToken };
  const { user } = data;
  return { ...tokens({ data }), userId: user.id, email: user.email ?? undefined };
}

function tokens({ data: { accessToken, refreshToken } }: Enveloped<TokensDto>): Learned {
  return { accessToken, refreshToken };
}
