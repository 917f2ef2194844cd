import { NotTried } from '../outcomes.js';
import { demand } from './demand.js';
import { freshMessage } from './fresh-message.js';
import { newPassword, newPhone, uniqueName } from './names.js';
import { adopt } from './people.js';

const TRIES = 8;

/** Requests a code for this number, and reads it. */
export async function newCode(t, phone, client = t.client()) {
  const ask = async () => demand(await client.post('/auth/otp/request', { phone }), 200);
  return (await freshMessage(t, phone, 'otp', ask)).code;
}

/** Requests a recovery code for this number, and reads it. */
export async function recoveryCode(t, phone) {
  const ask = async () => demand(await t.client().post('/auth/forgot-password', { phone }), 200);
  return (await freshMessage(t, phone, 'otp', ask)).code;
}

/** The ticket with which a new person signs up with an unused number. */
export async function signupToken(t, client = t.client()) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const phone = newPhone();
    const body = { phone, code: await newCode(t, phone, client) };
    const reply = demand(await client.post('/auth/otp/verify', body), 200);
    if (reply.body.isNewUser) return { phone, signupToken: reply.body.signupToken };
  }
  throw new NotTried('every telephone number that was tried has an account');
}

/** A new person with a verified number, and their tenant. */
export async function phoneAccount(t, { email } = {}) {
  t.needRegistration();
  const client = t.client();
  const { phone, signupToken: token } = await signupToken(t, client);
  const password = newPassword();
  const body = {
    signupToken: token,
    firstName: 'Attack',
    lastName: 'Phone',
    companyName: uniqueName(),
    password,
    ...(email && { email }),
  };
  const reply = demand(await client.post('/auth/signup', body), 201);
  return adopt(t, client, reply, { phone, email, password });
}
