import { IntersectionType } from '@nestjs/swagger';
import type { ReissuedTokens } from '../../../modules/sessions/reissue.service.js';
import { MessageDto, SuccessDto } from '../../shared/responses.js';
import { TokensDto } from './session.dto.js';

/** The description of the new tokens in such a response. */
export const REISSUED =
  'The answer holds new tokens for this session, and the first use of them ends the present ones. Those go on until then, ' +
  'for clients that do not look.';

/** The password was changed. */
export class PasswordChangedDto extends IntersectionType(MessageDto, TokensDto) {
  static of(message: string, tokens: ReissuedTokens): PasswordChangedDto {
    return { ...MessageDto.of(message), ...TokensDto.from(tokens) };
  }
}

/** The second factor was turned on or off. */
export class TwoFactorChangedDto extends IntersectionType(SuccessDto, TokensDto) {
  static of(message: string, tokens: ReissuedTokens): TwoFactorChangedDto {
    return { ...SuccessDto.of(message), ...TokensDto.from(tokens) };
  }
}
