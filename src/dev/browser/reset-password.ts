import { call, run, showSuccess, token } from './link-page.js';

void run(
  async () => {
    const path = `/auth/reset-password/validate?token=${encodeURIComponent(token)}`;
    const { email } = await call<{ email: string }>('GET', path);
    return `For ${email}.`;
  },
  async (fields) => {
    await call('POST', '/auth/reset-password', { token, ...fields });
    showSuccess('The password is changed', 'Every session has ended: sign in again with the new password.');
  },
);
