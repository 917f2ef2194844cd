import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { SignInOutcome } from '../../../modules/auth/sign-in.service.js';
import type { IssuedTokens } from '../../../modules/sessions/sessions.service.js';
import { EmailField, FullNameField, NameField, PasswordField } from '../../shared/fields.js';
import { SecondFactorRequiredDto } from '../two-factor/two-factor.dto.js';
import { UserDto } from './user.dto.js';

export class LoginDto {
  @EmailField({ example: 'user@example.com' })
  email: string;

  @PasswordField()
  password: string;
}

export class RegisterDto extends LoginDto {
  @FullNameField({ example: 'John Doe' })
  full_name: string;

  @NameField({ example: 'Acme Corp', max: 100 })
  organization_name: string;
}

export class TokenDto {
  @ApiProperty({ example: 'eyJhbGciOiJFUzI1NiIs...' })
  access_token: string;

  @ApiProperty({ enum: ['bearer'] })
  token_type: 'bearer';

  @ApiProperty({ example: 3600, description: 'Seconds until the access token expires' })
  expires_in: number;

  static from({ accessToken, expiresIn }: Omit<IssuedTokens, 'refreshToken'>): TokenDto {
    return { access_token: accessToken, token_type: 'bearer', expires_in: expiresIn };
  }
}

export class SignedInDto extends TokenDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The organisation requires two-factor authentication: until you turn it on, the token is valid for ' +
      'nothing else',
  })
  two_factor_enrolment_required?: true;

  static override from(tokens: Omit<IssuedTokens, 'refreshToken'>): SignedInDto {
    return {
      ...TokenDto.from(tokens),
      user: UserDto.from(tokens.state),
      two_factor_enrolment_required: tokens.state.enrolmentRequired || undefined,
    };
  }
}

/** Maps the outcome of a sign-in: an access token, or a request for the second factor. */
export function signInAnswer(outcome: SignInOutcome): SignedInDto | SecondFactorRequiredDto {
  if (outcome.kind === 'second-factor') return new SecondFactorRequiredDto(outcome.tempToken);
  return SignedInDto.from(outcome.tokens);
}
