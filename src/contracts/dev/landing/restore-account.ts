import { landingPage } from './page.js';

export const RESTORE_ACCOUNT = landingPage({
  title: 'Keep the account',
  hint: 'Nobody is signed in by this, and the password stays as it was.',
  fields: [],
  action: 'Keep my account',
  script: `
run(
  async () => 'The account is being deleted. This calls it off.',
  async () => {
    const { message } = await call('POST', '/auth/restore-account', { token });
    lead.textContent = '';
    showSuccess('The account is back', message);
  },
);
`,
});
