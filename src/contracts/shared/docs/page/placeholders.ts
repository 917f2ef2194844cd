/**
 * Examples in place of values that only a running server knows: tokens, ids, secrets of links. The documents contain
 * them, and the documentation page replaces them by real values.
 */
export const PLACEHOLDERS = {
  accessToken: 'eyJhbGciOiJFUzI1NiIs...',
  refreshToken: 'eyJhbGciOiJIUzI1NiIs...',
  sessionId: '01988b6e-7c1f-7000-8000-000000000000',
  invitationToken: 'abc123def456',
  resetToken: 'reset-token-123',
  verificationToken: 'verification-token-123',
  restorationToken: 'restoration-token-123',
  emailRevertToken: 'email-revert-token-123',
  otp: '123456',
  totp: '654321',
  backupCode: '90123456',
  trustedDeviceId: '01988b6e-7c1f-7000-8000-000000000001',
  tempToken: 'temp_xyz789',
  signupToken: 'signup-token-123',
  apiKeyId: '0198a4d2-5b3e-7000-8000-000000000000',
  serviceAccountId: '0198a4d2-5b3e-7000-8000-000000000001',
  apiKeyTypeId: 'key_01h2xcejqtf2nbrexx3vqjhp41',
  roleId: '01988b6e-7c1f-7000-8000-000000000006',
  organisationId: '550e8400-e29b-41d4-a716-446655440000',
  invitationId: '01988b6e-7c1f-7000-8000-000000000001',
  departmentId: '01988b6e-7c1f-7000-8000-000000000002',
  teamId: '01988b6e-7c1f-7000-8000-000000000003',
  /** Of the signed-in person. */
  userId: '01988b6e-7c1f-7000-8000-000000000009',
  memberId: '01988b6e-7c1f-7000-8000-000000000004',
} as const;
