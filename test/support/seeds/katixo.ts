/*
 * Every request and response that the published description of the katixo contract prints, as printed; only the
 * e-mail address, which the publication hides, is filled in. Texts like `eyJhbGciOiJIUzI1NiIs...` are placeholders
 * for a value of that form.
 */

const JWT = 'eyJhbGciOiJIUzI1NiIs...';
const UUID = '550e8400-e29b-41d4-a716-446655440000';
const PHONE = '+919876543210';

export const TEST_NUMBER = `${PHONE}:123456`;

export const otpRequest = { request: { phone: PHONE } };

export const otpVerify = { request: { phone: PHONE, otp: '123456' } };

export const signup = {
  request: {
    phone: PHONE,
    name: 'Rajesh Kumar',
    email: 'rajesh@example.com',
    password: 'secureP@ss123',
    businessName: 'Kumar General Store',
    businessType: 'RETAILER',
  },
};

export const login = { request: { phone: PHONE, password: 'secureP@ss123' } };

export const authResponse = {
  success: true,
  message: 'Login successful',
  data: {
    accessToken: JWT,
    refreshToken: JWT,
    expiresIn: 3600,
    user: {
      id: UUID,
      name: 'Rajesh Kumar',
      phone: PHONE,
      email: 'rajesh@example.com',
      role: 'OWNER',
    },
  },
  errors: null,
};

export const refresh = { request: { refreshToken: JWT }, data: { accessToken: JWT, refreshToken: JWT } };

export const switchOrg = { request: { orgId: 'b7d2f8a0-1234-4567-89ab-cdef01234567' } };

export const invite = { request: { phone: '+919876543211', role: 'ACCOUNTANT', name: 'Priya Sharma' } };

export const forgotPassword = { request: { phone: PHONE } };

export const resetPassword = { request: { phone: PHONE, otp: '123456', newPassword: 'newSecureP@ss456' } };

/** Bodies that the publication leaves open and the design defines. */
export const open = {
  otpRequest: { expiresIn: 300, resendIn: 60 },
  newPhone: { verified: true, isNewUser: true, signupToken: 'signup-token' },
  organisation: {
    id: UUID,
    name: 'Kumar General Store',
    slug: 'kumar-general-store',
    businessType: 'RETAILER',
    role: 'OWNER',
    roleLevel: 100,
    active: true,
  },
};

/** The host of every printed address. */
export const HOST = 'https://api.katixo.com';

/** Every printed command in its order, separated by empty lines; the publication hides the e-mail address. */
export const CURL = `curl -X POST https://api.katixo.com/api/v1/auth/otp/request \\
  -H "Content-Type: application/json" \\
  -d '{ "phone": "+919876543210" }'

curl -X POST https://api.katixo.com/api/v1/auth/otp/verify \\
  -H "Content-Type: application/json" \\
  -d '{ "phone": "+919876543210", "otp": "123456" }'

curl -X POST https://api.katixo.com/api/v1/auth/signup \\
  -H "Content-Type: application/json" \\
  -d '{
    "phone": "+919876543210",
    "name": "Rajesh Kumar",
    "email": "[email protected]",
    "password": "secureP@ss123",
    "businessName": "Kumar General Store",
    "businessType": "RETAILER"
  }'

curl -X POST https://api.katixo.com/api/v1/auth/login \\
  -H "Content-Type: application/json" \\
  -d '{
    "phone": "+919876543210",
    "password": "secureP@ss123"
  }'

curl https://api.katixo.com/api/v1/invoices \\
  -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs..."

curl -X POST https://api.katixo.com/api/v1/auth/refresh \\
  -H "Content-Type: application/json" \\
  -d '{ "refreshToken": "eyJhbGciOiJIUzI1NiIs..." }'

curl https://api.katixo.com/api/v1/users/me/organisations \\
  -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs..."

curl -X POST https://api.katixo.com/api/v1/users/me/switch-org \\
  -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs..." \\
  -H "Content-Type: application/json" \\
  -d '{ "orgId": "b7d2f8a0-1234-4567-89ab-cdef01234567" }'

curl -X POST https://api.katixo.com/api/v1/auth/invite \\
  -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs..." \\
  -H "Content-Type: application/json" \\
  -d '{
    "phone": "+919876543211",
    "role": "ACCOUNTANT",
    "name": "Priya Sharma"
  }'

curl -X POST https://api.katixo.com/api/v1/auth/forgot-password \\
  -H "Content-Type: application/json" \\
  -d '{ "phone": "+919876543210" }'

curl -X POST https://api.katixo.com/api/v1/auth/reset-password \\
  -H "Content-Type: application/json" \\
  -d '{
    "phone": "+919876543210",
    "otp": "123456",
    "newPassword": "newSecureP@ss456"
  }'`;
