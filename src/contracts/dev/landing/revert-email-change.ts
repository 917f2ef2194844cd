import { landingPage } from './page.js';

export const REVERT_EMAIL_CHANGE = landingPage({
  title: 'Take the change back',
  hint: 'Every session ends, and the password is void: you set a new one by the link that is sent to you.',
  fields: [],
  action: 'This was not me',
  script: `
run(
  async () => 'The e-mail address of your account was changed, or somebody wants to change it. This takes it back.',
  async () => {
    const { message } = await call('POST', '/auth/email-change/revert', { token });
    lead.textContent = '';
    showSuccess('The account is yours again', message);
  },
);
`,
});
