/*
 * Requests and answers that the published description of the datixlab contract prints, as printed. Texts like
 * `eyJhbGciOiJIUzI1NiIs...` or `user_123` stand for a value of that form.
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

export const refresh = { answer: { access_token: JWT, token_type: 'bearer', expires_in: 3600 } };

export const logout = { answer: { success: true, message: 'Logged out successfully' } };

/** Printed of somebody with two-factor authentication, who looks after two agents. */
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
  /** What the design lays down for an answer that the publication leaves open. */
  answer: { success: true, message: 'Password changed successfully' },
};
