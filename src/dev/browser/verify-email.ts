import { find } from './dom.js';
import { call, type Fields, run, showSuccess, token } from './link-page.js';

type SignedIn = { accessToken: string } | { requiresTwoFactor: true; tempToken: string };

const codeField = find('#code', HTMLElement);

/** Signs in, with the code where the account has a second factor; the first attempt then asks for it. */
async function signIn({ code, ...credentials }: Fields): Promise<string> {
  const answer = await call<SignedIn>('POST', '/auth/login', credentials);
  if ('accessToken' in answer) return answer.accessToken;
  if (code === undefined) {
    codeField.hidden = false;
    find('input', HTMLInputElement, codeField).focus();
    // Thrown as `call` throws the problem of a response, for the page to show
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw { title: 'This account has a second factor', detail: 'Enter a code of your authenticator.' };
  }
  const body = { tempToken: answer.tempToken, code };
  return (await call<{ accessToken: string }>('POST', '/auth/verify-2fa', body)).accessToken;
}

/* The link cannot be previewed and works only in a session: the page signs in for it and signs out again. */
void run(
  async () => 'Sign in to the account that asked for the link.',
  async (fields) => {
    const accessToken = await signIn(fields);
    try {
      const { email } = await call<{ email: string }>('POST', '/auth/verify-email', { token }, accessToken);
      showSuccess('The address is confirmed', `${email} is yours.`);
    } finally {
      await call('POST', '/auth/logout', {}, accessToken).catch(() => undefined);
    }
  },
);
