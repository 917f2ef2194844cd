/*
 * Requests and responses that the published description of the datixlab contract prints, as printed. Texts like
 * `eyJhbGciOiJIUzI1NiIs...` or `user_123` are placeholders for a value of that form.
 */

const JWT = 'eyJhbGciOiJIUzI1NiIs...';

export const register = {
  request: {
    email: 'user@example.com',
    password: 'SecurePass123!',
    full_name: 'John Doe',
    organization_name: 'Acme Corp',
  },
  answer: {
    id: 'user_123',
    email: 'user@example.com',
    full_name: 'John Doe',
    organization_id: 'org_456',
    role: 'admin',
    created_at: '2024-12-15T10:00:00Z',
  },
};

export const login = {
  request: { email: 'user@example.com', password: 'SecurePass123!' },
  answer: {
    access_token: JWT,
    token_type: 'bearer',
    expires_in: 3600,
    user: {
      id: 'user_123',
      email: 'user@example.com',
      full_name: 'John Doe',
      role: 'admin',
      organization_id: 'org_456',
      two_factor_enabled: false,
    },
  },
};

export const loginWithSecondFactor = { answer: { requires_2fa: true, temp_token: 'temp_xyz789' } };

export const verifyTwoFactor = {
  request: { temp_token: 'temp_xyz789', code: '123456' },
  answer: {
    access_token: JWT,
    token_type: 'bearer',
    expires_in: 3600,
    user: { id: 'user_123', email: 'user@example.com', full_name: 'John Doe', role: 'admin' },
  },
};

export const enableTwoFactor = {
  answer: {
    secret: 'JBSWY3DPEHPK3PXP',
    qr_code: 'data:image/png;base64,iVBORw0KGgo...',
    backup_codes: [
      '12345678',
      '23456789',
      '34567890',
      '45678901',
      '56789012',
      '67890123',
      '78901234',
      '89012345',
      '90123456',
      '01234567',
    ],
  },
};

export const confirmTwoFactor = {
  request: { code: '123456' },
  answer: { success: true, message: 'Two-factor authentication enabled' },
};

export const disableTwoFactor = {
  request: { password: 'SecurePass123!', code: '123456' },
  answer: { success: true, message: 'Two-factor authentication disabled' },
};

export const refresh = { answer: { access_token: JWT, token_type: 'bearer', expires_in: 3600 } };

export const logout = { answer: { success: true, message: 'Logged out successfully' } };

export const createApiKey = {
  request: {
    name: 'Production API Key',
    description: 'For production integrations',
    expires_in_days: 365,
  },
  answer: {
    id: 'key_abc123',
    name: 'Production API Key',
    key: 'sk_live_xyz789...',
    created_at: '2024-12-15T10:00:00Z',
    expires_at: '2025-12-15T10:00:00Z',
  },
};

export const listApiKeys = {
  answer: {
    api_keys: [
      {
        id: 'key_abc123',
        name: 'Production API Key',
        key_prefix: 'sk_live_xyz...',
        created_at: '2024-12-15T10:00:00Z',
        expires_at: '2025-12-15T10:00:00Z',
        last_used_at: '2024-12-16T08:30:00Z',
      },
    ],
  },
};

export const revokeApiKey = { answer: { success: true, message: 'API key revoked' } };

/** Printed for a person with two-factor authentication, to whom two agents are assigned. */
export const me = {
  answer: {
    id: 'user_123',
    email: 'user@example.com',
    full_name: 'John Doe',
    role: 'admin',
    organization_id: 'org_456',
    two_factor_enabled: true,
    assigned_agents: ['agent_abc', 'agent_def'],
    created_at: '2024-01-15T10:00:00Z',
  },
};

export const updateMe = { request: { full_name: 'John Smith', email: 'john.smith@example.com' } };

export const changePassword = {
  request: { current_password: 'OldPass123!', new_password: 'NewPass456!' },
  /** Responses that the publication leaves open and the design defines. */
  answer: { success: true, message: 'Password changed successfully' },
};

/** The host of every printed address. */
export const HOST = 'https://api.datixlab.com';

/** The Python example. */
export const PYTHON = `import requests
# Login
response = requests.post(
'https://api.datixlab.com/v1/auth/login',
json={
'email': 'user@example.com',
'password': 'SecurePass123!'
}
)
data = response.json()
access_token = data['access_token']
# Make authenticated request
headers = {'Authorization': f'Bearer {access_token}'}
response = requests.get(
'https://api.datixlab.com/v1/agents',
headers=headers
)`;

/** The JavaScript example: a module, as it awaits at its top level. */
export const JAVASCRIPT = `// Login
const response = await fetch('https://api.datixlab.com/v1/auth/login', {
method: 'POST',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({
email: 'user@example.com',
password: 'SecurePass123!'
})
});
const { access_token } = await response.json();
// Make authenticated request
const agentsResponse = await fetch('https://api.datixlab.com/v1/agents', {
headers: { 'Authorization': \`Bearer \${access_token}\` }
});`;
