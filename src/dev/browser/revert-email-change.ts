import { call, run, showSuccess, token } from './link-page.js';

void run(
  async () =>
    'The e-mail address of your account was changed, or somebody wants to change it. This takes it back.',
  async () => {
    const { message } = await call<{ message: string }>('POST', '/auth/email-change/revert', { token });
    showSuccess('The account is yours again', message);
  },
);
