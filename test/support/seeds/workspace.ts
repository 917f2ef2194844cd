/*
 * Every request and response that the published description of the primary contract prints, as printed. Texts like
 * `tenant-uuid` and `eyJhbGciOiJIUzI1NiIs...` are placeholders for a value of that form.
 */

const JWT = 'eyJhbGciOiJIUzI1NiIs...';

const ADMIN = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  email: 'admin@acme.com',
  firstName: 'John',
  lastName: 'Doe',
  role: 'admin',
  roleLevel: 100,
};

const PLACED_ADMIN = {
  ...ADMIN,
  avatar: '/uploads/avatars/uuid.jpg',
  departmentId: 'dept-uuid',
  teamIds: ['team-uuid-1'],
};

export const register = {
  request: {
    email: 'admin@acme.com',
    password: 'SecurePass123!',
    companyName: 'Acme Corporation',
    firstName: 'John',
    lastName: 'Doe',
  },
  status: 201,
  answer: {
    accessToken: JWT,
    refreshToken: JWT,
    user: ADMIN,
    tenant: { id: 'tenant-uuid', slug: 'acme-corporation', companyName: 'Acme Corporation' },
  },
};

export const login = {
  request: { tenantSlug: 'acme-corporation', email: 'admin@acme.com', password: 'SecurePass123!' },
  status: 200,
  answer: { accessToken: JWT, refreshToken: JWT, user: PLACED_ADMIN },
};

export const me = {
  status: 200,
  answer: {
    ...PLACED_ADMIN,
    permissions: { leads: { view: true, create: true, edit: true, delete: true } },
    tenant: { slug: 'acme-corporation', companyName: 'Acme Corporation' },
  },
};

export const refresh = {
  request: { refreshToken: JWT },
  status: 200,
  answer: { accessToken: JWT, refreshToken: JWT },
};

export const inviteValidate = {
  status: 200,
  answer: {
    valid: true,
    email: 'newuser@acme.com',
    tenantName: 'Acme Corporation',
    invitedBy: 'John Doe',
    roleName: 'Sales Representative',
  },
};

export const inviteAccept = {
  request: { token: 'abc123def456', password: 'SecurePass123!', firstName: 'Jane', lastName: 'Smith' },
  status: 201,
  answer: {
    accessToken: JWT,
    refreshToken: JWT,
    user: {
      id: 'new-user-uuid',
      email: 'newuser@acme.com',
      firstName: 'Jane',
      lastName: 'Smith',
      role: 'user',
      roleLevel: 10,
    },
  },
};

export const forgotPassword = {
  request: { email: 'admin@acme.com', tenantSlug: 'acme-corporation' },
  status: 200,
  answer: { message: 'If the email exists, a reset link has been sent.' },
};

export const resetPasswordValidate = {
  status: 200,
  answer: { valid: true, email: 'admin@acme.com' },
};

export const resetPassword = {
  request: { token: 'reset-token-123', newPassword: 'NewSecurePass456!' },
  status: 200,
  answer: { message: 'Password reset successfully' },
};

export const changePassword = {
  request: { currentPassword: 'OldPassword123!', newPassword: 'NewPassword456!' },
  status: 200,
  answer: { message: 'Password changed successfully' },
};
