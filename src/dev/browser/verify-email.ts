import { call, run, showSuccess, token } from './link-page.js';

/* The link cannot be previewed and works only in a session: the page signs in for it and signs out again. */
void run(
  async () => 'Sign in to the account that asked for the link.',
  async (credentials) => {
    const { accessToken } = await call<{ accessToken: string }>('POST', '/auth/login', credentials);
    try {
      const { email } = await call<{ email: string }>('POST', '/auth/verify-email', { token }, accessToken);
      showSuccess('The address is confirmed', `${email} is yours.`);
    } finally {
      await call('POST', '/auth/logout', {}, accessToken).catch(() => undefined);
    }
  },
);
