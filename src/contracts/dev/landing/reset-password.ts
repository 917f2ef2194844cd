import { landingPage } from './page.js';

export const RESET_PASSWORD = landingPage({
  title: 'Set a new password',
  hint: 'Every session of the account ends.',
  fields: [{ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password' }],
  action: 'Set the password',
  script: `
run(
  async () => {
    const { email } = await call('GET', '/auth/reset-password/validate?token=' + encodeURIComponent(token));
    return 'For ' + email + '.';
  },
  async (fields) => {
    await call('POST', '/auth/reset-password', { token, ...fields });
    showSuccess('The password is changed', 'Every session has ended: sign in again with the new password.');
  },
);
`,
});
