import { createClient } from './client/index.js';
import { GATEHOUSE_URL } from './settings.js';

// `?mode=body` keeps both tokens in the memory of the page: a reload signs out
const mode = new URLSearchParams(location.search).get('mode') === 'body' ? 'body' : 'cookie';
const gatehouse = createClient({ baseUrl: GATEHOUSE_URL, mode });

const WORDS = {
  invalid_credentials: 'E-mail or password is wrong.',
  too_many_attempts: 'Too many attempts: wait a moment.',
  two_factor_code_invalid: 'The code is wrong.',
  temp_token_invalid: 'That took too long: sign in again.',
  browser_session_refused: 'This page may not keep a session: BROWSER_SESSIONS, CORS_ORIGINS.',
};
const find = (id) => document.getElementById(id);
let tempToken = null;

function show(section, status = '') {
  for (const id of ['sign-in', 'second-factor', 'account']) find(id).hidden = id !== section;
  find('status').textContent = status;
}

const refuse = (section, { code, title }) => show(section, WORDS[code] ?? title);

async function showAccount() {
  const { ok, data } = await gatehouse.call('getMe');
  if (!ok) return show('sign-in');
  find('name').textContent = `${data.firstName} ${data.lastName}`;
  find('email').textContent = data.email ?? '';
  find('organisation').textContent = data.tenant?.companyName ?? '';
  show('account', 'Signed in');
}

/** Runs for the form's fields; what cannot be reached is shown. */
function onSubmit(id, run) {
  find(id).addEventListener('submit', async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    event.target.reset();
    await attempt(() => run(fields));
  });
}

const attempt = (run) => run().catch(() => (find('status').textContent = 'The server does not answer.'));

onSubmit('sign-in', async (body) => {
  const { ok, data, problem } = await gatehouse.call('login', { body });
  if (!ok) return refuse('sign-in', problem);
  if (!data.requiresTwoFactor) return showAccount();
  tempToken = data.tempToken;
  show('second-factor');
});

onSubmit('second-factor', async ({ code }) => {
  const { ok, problem } = await gatehouse.call('verifyTwoFactor', { body: { tempToken, code } });
  if (ok) return showAccount();
  refuse(problem.code === 'temp_token_invalid' ? 'sign-in' : 'second-factor', problem);
});

find('reload').addEventListener('click', () => attempt(showAccount));
find('sign-out').addEventListener('click', () => attempt(() => gatehouse.signOut()));
// Also when another tab signed in or out
gatehouse.subscribe((isSignedIn) => (isSignedIn ? attempt(showAccount) : show('sign-in', 'Signed out')));

find('mode').textContent =
  mode === 'cookie'
    ? 'The refresh token is in a cookie.'
    : 'The refresh token is in the memory of this page.';
await attempt(async () => ((await gatehouse.restore()) ? showAccount() : show('sign-in')));
