import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { SecondFactorCodeField, SecretField } from '../../shared/fields.js';

export class VerifyTwoFactorDto {
  @SecretField({ example: PLACEHOLDERS.tempToken, description: 'From a sign-in' })
  tempToken: string;

  @SecondFactorCodeField()
  code: string;
}
