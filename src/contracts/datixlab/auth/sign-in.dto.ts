import { ApiProperty } from '@nestjs/swagger';
import type { IssuedTokens } from '../../../modules/sessions/sessions.service.js';
import { EmailField, NameField, PasswordField } from '../../shared/fields.js';
import { UserDto } from './user.dto.js';

export class LoginDto {
  @EmailField({ example: 'user@example.com' })
  email: string;

  @PasswordField()
  password: string;
}

export class RegisterDto extends LoginDto {
  @NameField({ example: 'John Doe', max: 160 })
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

  static from(tokens: Omit<IssuedTokens, 'refreshToken'>): TokenDto {
    return Object.assign(new TokenDto(), tokenFields(tokens));
  }
}

export class SignedInDto extends TokenDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  static override from(tokens: Omit<IssuedTokens, 'refreshToken'>): SignedInDto {
    const user = UserDto.from(tokens.state);
    return Object.assign(new SignedInDto(), { ...tokenFields(tokens), user });
  }
}

function tokenFields({ accessToken, expiresIn }: Pick<IssuedTokens, 'accessToken' | 'expiresIn'>) {
  return { access_token: accessToken, token_type: 'bearer', expires_in: expiresIn };
}
