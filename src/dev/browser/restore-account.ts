import { call, run, showSuccess, token } from './link-page.js';

void run(
  async () => 'The account is being deleted. This calls it off.',
  async () => {
    const { message } = await call<{ message: string }>('POST', '/auth/restore-account', { token });
    showSuccess('The account is back', message);
  },
);
