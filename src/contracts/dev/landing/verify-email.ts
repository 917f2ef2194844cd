import { landingPage } from './page.js';

/** The link cannot be previewed and works only in a session: the page signs in for it and signs out again. */
export const VERIFY_EMAIL = landingPage({
  title: 'Confirm the e-mail address',
  hint:
    'The link counts only in a session of the account that asked for it, so that nobody who typed your address can ' +
    'have you confirm it for them by a click.',
  fields: [
    { name: 'email', label: 'E-mail address you sign in with', type: 'email', autocomplete: 'username' },
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
  ],
  action: 'Sign in and confirm',
  script: `
run(
  async () => 'Sign in to the account that asked for the link.',
  async (credentials) => {
    const { accessToken } = await call('POST', '/auth/login', credentials);
    try {
      const { email } = await call('POST', '/auth/verify-email', { token }, accessToken);
      lead.textContent = '';
      showSuccess('The address is confirmed', email + ' is yours.');
    } finally {
      await call('POST', '/auth/logout', {}, accessToken).catch(() => {});
    }
  },
);
`,
});
