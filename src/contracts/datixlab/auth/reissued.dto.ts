import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import type { ReissuedTokens } from '../../../modules/sessions/reissue.service.js';
import { SuccessDto } from '../responses.js';
import { TokenDto } from './sign-in.dto.js';

/** The description of the new token in such a response. */
export const REISSUED =
  'The answer holds a new access token for this session, and the first use of it ends the older ones. Those go on until ' +
  'then, for clients that do not look.';

/** The change succeeded, and the session has a new access token. */
export class ReissuedDto extends IntersectionType(SuccessDto, TokenDto) {
  @ApiPropertyOptional({
    example: 'eyJhbGciOiJIUzI1NiIs...',
    description:
      'Only for a session that another contract opened: its client has a refresh token, and needs the new one ' +
      'together with the new access token',
  })
  refresh_token?: string;

  static of(message: string, tokens: ReissuedTokens): ReissuedDto {
    const { refreshToken, renewableByAccessToken } = tokens;
    return {
      ...SuccessDto.of(message),
      ...TokenDto.from(tokens),
      refresh_token: renewableByAccessToken ? undefined : refreshToken,
    };
  }
}
