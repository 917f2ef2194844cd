import type { AnswerReaders, Learned } from '../shared/docs/page/memory.js';
import type { ApiKeyListDto, IssuedApiKeyDto } from './api-keys/api-keys.dto.js';
import type { ReissuedDto } from './auth/reissued.dto.js';
import type { SignedInDto, TokenDto } from './auth/sign-in.dto.js';
import type { MeDto } from './profile/profile.dto.js';
import type { EnrolmentDto, SecondFactorRequiredDto } from './two-factor/two-factor.dto.js';

/** What the documentation page learns from this contract. */
export const answers = {
  login: signIn,
  verifyTwoFactor: (answer: SignedInDto) => ({ ...signIn(answer), usedCode: true }),
  refreshAccessToken: tokens,
  changePassword: tokens,
  logout: (): Learned => ({ accessToken: null, refreshToken: null }),

  getMe: me,
  updateMe: me,

  createApiKey: ({ id }: IssuedApiKeyDto) => ({ apiKeyId: id }),
  listApiKeys: ({ api_keys }: ApiKeyListDto) => ({ apiKeyId: api_keys[0]?.id ?? null }),

  enableTwoFactor: ({ secret, backup_codes }: EnrolmentDto) => ({
    enrolment: { secret },
    backupCodes: backup_codes,
  }),
  confirmTwoFactor: (answer: ReissuedDto) => ({ ...tokens(answer), usedCode: true }),
  disableTwoFactor: (answer: ReissuedDto) => ({
    ...tokens(answer),
    authenticator: null,
    backupCodes: null,
  }),
} satisfies AnswerReaders;

function signIn(answer: SignedInDto | SecondFactorRequiredDto): Learned {
  if ('temp_token' in answer) return { tempToken: answer.temp_token };
  const { user } = answer;
  return { ...tokens(answer), userId: user.id, email: user.email ?? undefined };
}

/** Only a session of another contract has a refresh token. */
function tokens({ access_token, refresh_token }: TokenDto & { refresh_token?: string }): Learned {
  return { accessToken: access_token, refreshToken: refresh_token };
}

function me({ email, pending_email }: MeDto): Learned {
  return { email: pending_email ?? email };
}
