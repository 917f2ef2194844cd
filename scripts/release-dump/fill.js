import { setTimeout as delay } from 'node:timers/promises';
import { totp } from '../demo/walk.js';
import { Api } from '../development/api.js';

const PASSWORD = 'a passphrase of the release before';

/**
 * Makes one of everything that must survive an upgrade, by requests alone, and returns the secrets that clients hold then.
 * Each belongs to a person of its own, so that using one spoils no other.
 */
export async function fill(origin) {
  const api = new Api(origin);
  await untilReady(api);
  const owner = await createTenant(api, 'owner@example.com', 'Before Ltd');
  const { key: apiKey } = await api.get(
    'POST',
    '/auth/api-keys',
    { name: 'CI', scopes: [] },
    owner.accessToken,
  );
  return {
    password: PASSWORD,
    email: 'owner@example.com',
    apiKey,
    refreshToken: owner.refreshToken,
    invitation: await invite(api, owner.accessToken),
    reset: await reset(api, owner.accessToken),
    verification: await unverified(api),
    revert: await changeEmail(api, owner.accessToken),
    guarded: await guard(api, owner.accessToken, 'guarded@example.com'),
    ...(await katixo(api)),
    ...(await datixlab(api)),
  };
}

async function untilReady(api) {
  for (;;) {
    const ready = await api.send('GET', '/health/ready').catch(() => null);
    if (ready?.status === 200) return;
    await delay(200);
  }
}

async function createTenant(api, email, companyName) {
  const registration = { email, password: PASSWORD, companyName, firstName: 'Ada', lastName: 'Before' };
  await api.get('POST', '/auth/register', registration);
  const signedIn = await api.get('POST', '/auth/login', { email, password: PASSWORD });
  const token = await api.linkToken(email, 'verify-email');
  await api.get('POST', '/auth/verify-email', { token }, signedIn.accessToken);
  return signedIn;
}

async function join(api, ownerToken, email) {
  await api.get('POST', '/auth/invite', { email, role: 'user' }, ownerToken);
  const token = await api.linkToken(email, 'invitation');
  const names = { firstName: 'Joan', lastName: 'Before' };
  return api.get('POST', '/auth/invite/accept', { token, password: PASSWORD, ...names });
}

async function invite(api, ownerToken) {
  await api.get('POST', '/auth/invite', { email: 'invited@example.com', role: 'user' }, ownerToken);
  return api.linkToken('invited@example.com', 'invitation');
}

async function reset(api, ownerToken) {
  await join(api, ownerToken, 'forgetful@example.com');
  await api.get('POST', '/auth/forgot-password', { email: 'forgetful@example.com' });
  return api.linkToken('forgetful@example.com', 'password-reset');
}

async function unverified(api) {
  const email = 'new@example.com';
  const names = { firstName: 'New', lastName: 'Before', companyName: 'New Ltd' };
  await api.get('POST', '/auth/register', { email, password: PASSWORD, ...names });
  return { email, token: await api.linkToken(email, 'verify-email') };
}

/** Requested and completed: the old address can still take it back. */
async function changeEmail(api, ownerToken) {
  const { accessToken } = await join(api, ownerToken, 'moved@example.com');
  const change = { email: 'elsewhere@example.com', currentPassword: PASSWORD };
  await api.get('PATCH', '/auth/me', change, accessToken);
  const token = await api.linkToken('elsewhere@example.com', 'verify-email');
  await api.get('POST', '/auth/verify-email', { token }, accessToken);
  return api.linkToken('moved@example.com', 'notice');
}

async function guard(api, ownerToken, email) {
  await api.get('PATCH', '/tenants/current', { policies: { trustedDevices: true } }, ownerToken);
  const { accessToken } = await join(api, ownerToken, email);
  const { otpauthUri, backupCodes } = await api.get('POST', '/auth/enable-2fa', {}, accessToken);
  await api.get('POST', '/auth/confirm-2fa', { code: totp(otpauthUri) }, accessToken);
  const signIn = () => api.get('POST', '/auth/login', { email, password: PASSWORD });
  const [usedCode, ...codes] = backupCodes;
  const { tempToken } = await signIn();
  const body = { tempToken, code: usedCode, rememberDevice: true };
  const { deviceToken } = await api.get('POST', '/auth/verify-2fa', body);
  return {
    email,
    otpauthUri,
    backupCodes: codes,
    usedCode,
    deviceToken,
    tempToken: (await signIn()).tempToken,
  };
}

async function katixo(api) {
  const phone = '+919812345678';
  const base = '/api/v1/auth';
  await api.get('POST', `${base}/otp/request`, { phone });
  const { code: otp } = await api.message(phone, 'otp');
  await api.get('POST', `${base}/otp/verify`, { phone, otp });
  const business = { name: 'Rajesh Before', businessName: 'Before Store', businessType: 'RETAILER' };
  const { data } = await api.get('POST', `${base}/signup`, { phone, password: PASSWORD, ...business });
  await api.get('POST', '/auth/otp/request', { phone });
  return { katixo: { phone, refreshToken: data.refreshToken, code: (await api.message(phone, 'otp')).code } };
}

async function datixlab(api) {
  const base = '/v1/auth';
  const email = 'john@example.com';
  const names = { full_name: 'John Before', organization_name: 'Before Labs' };
  await api.get('POST', `${base}/register`, { email, password: PASSWORD, ...names });
  const { access_token: token } = await api.get('POST', `${base}/login`, { email, password: PASSWORD });
  const { key } = await api.get('POST', `${base}/api-keys`, { name: 'Production' }, token);
  return { datixlab: { email, key } };
}
