import type { Client, Reply } from './client.js';
import { KATIXO } from './katixo.js';

/** What a door answers to a signed-in client, in no contract's dress. */
export interface Signed {
  status: number;
  accessToken: string;
  refreshToken: string;
  userId: string;
  /** Where a second factor is asked for, in the place of the rest. */
  tempToken?: string;
}

/** How somebody can come to a session. */
export type WayIn =
  | 'a password, by e-mail'
  | 'a password, by phone'
  | 'a code to the phone'
  | 'a code to the e-mail address'
  | 'an invitation, with a password'
  | 'an invitation, with a session'
  | 'a switch of the organisation'
  | 'a refresh';

/** Somebody who has both identifiers. */
export interface Person {
  email: string;
  phone: string;
  password: string;
}

export interface Listed {
  id: string;
  active: boolean;
}

/** One contract, by what it does and not by how it says it. */
export interface Door {
  name: string;
  /** Those this contract has. */
  ways: readonly WayIn[];
  signUp(from: Client, person: Person, code: string, organisation: string): Promise<Signed>;
  logIn(from: Client, by: { email: string } | { phone: string }, password: string): Promise<Signed>;
  refresh(from: Client, refreshToken: string): Promise<Signed>;
  /** Out of all sessions. */
  logOut(as: Client): Promise<number>;
  /** Id of the person and of the active organisation; null where the token is dead. */
  whoAmI(as: Client): Promise<{ userId: string; organisationId: string | null } | null>;
  requestCode(from: Client, phone: string): Promise<number>;
  verifyCode(from: Client, phone: string, code: string): Promise<Signed>;
  verifySecondFactor(from: Client, tempToken: string, code: string): Promise<Signed>;
  forgotPassword(from: Client, phone: string): Promise<number>;
  resetPassword(from: Client, phone: string, code: string, newPassword: string): Promise<number>;
  invite(as: Client, phone: string, role: string): Promise<number>;
  accept(from: Client, token: string, password: string): Promise<Signed>;
  organisations(as: Client): Promise<Listed[]>;
  createOrganisation(as: Client, name: string): Promise<string>;
  switchTo(as: Client, id: string): Promise<Signed>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- answers of two dialects, told apart by their door */
type Loose = Reply<any>;

const COMMON_WAYS: readonly WayIn[] = [
  'a password, by e-mail',
  'a password, by phone',
  'a code to the phone',
  'an invitation, with a password',
  'an invitation, with a session',
  'a switch of the organisation',
  'a refresh',
];

function primary(): Door {
  const post = (from: Client, path: string, body?: object): Promise<Loose> => from.post<any>(path, body);
  const signed = ({ status, body }: Loose): Signed => ({
    status,
    accessToken: body.accessToken,
    refreshToken: body.refreshToken,
    userId: body.user?.id,
    tempToken: body.tempToken,
  });
  return {
    name: 'primary',
    ways: ['a code to the e-mail address', ...COMMON_WAYS],
    signUp: async (from, { email, phone, password }, code, companyName) => {
      const { signupToken } = (await post(from, '/auth/otp/verify', { phone, code })).body;
      const names = { firstName: 'Rajesh', lastName: 'Kumar', companyName };
      return signed(await post(from, '/auth/signup', { signupToken, email, password, ...names }));
    },
    logIn: async (from, by, password) => signed(await post(from, '/auth/login', { ...by, password })),
    refresh: async (from, refreshToken) => signed(await post(from, '/auth/refresh', { refreshToken })),
    logOut: async (as) => (await post(as, '/auth/logout', { all: true })).status,
    whoAmI: async (as) => {
      const { status, body } = await as.get<any>('/auth/me');
      return status === 200 ? { userId: body.id, organisationId: body.tenant?.id ?? null } : null;
    },
    requestCode: async (from, phone) => (await post(from, '/auth/otp/request', { phone })).status,
    verifyCode: async (from, phone, code) => signed(await post(from, '/auth/otp/verify', { phone, code })),
    verifySecondFactor: async (from, tempToken, code) =>
      signed(await post(from, '/auth/verify-2fa', { tempToken, code })),
    forgotPassword: async (from, phone) => (await post(from, '/auth/forgot-password', { phone })).status,
    resetPassword: async (from, phone, code, newPassword) =>
      (await post(from, '/auth/reset-password', { phone, code, newPassword })).status,
    invite: async (as, phone, role) => (await post(as, '/auth/invite', { phone, role })).status,
    accept: async (from, token, password) => {
      const names = { firstName: 'Priya', lastName: 'Sharma' };
      return signed(await post(from, '/auth/invite/accept', { token, password, ...names }));
    },
    organisations: async (as) => (await as.get<Listed[]>('/users/me/organisations')).body,
    createOrganisation: async (as, name) => {
      const { body } = await as.post<Listed>('/users/me/organisations', { name });
      return body.id;
    },
    switchTo: async (as, orgId) => signed(await post(as, '/users/me/switch-org', { orgId })),
  };
}

function katixo(): Door {
  const post = (from: Client, path: string, body?: object): Promise<Loose> =>
    from.post<any>(`${KATIXO}${path}`, body);
  const signed = ({ status, body: { data } }: Loose): Signed => ({
    status,
    accessToken: data?.accessToken,
    refreshToken: data?.refreshToken,
    userId: data?.user?.id,
    tempToken: data?.tempToken,
  });
  return {
    name: 'katixo',
    ways: COMMON_WAYS,
    signUp: async (from, { email, phone, password }, otp, businessName) => {
      await post(from, '/auth/otp/verify', { phone, otp });
      const body = { phone, email, password, name: 'Rajesh Kumar', businessName };
      return signed(await post(from, '/auth/signup', body));
    },
    logIn: async (from, by, password) => signed(await post(from, '/auth/login', { ...by, password })),
    refresh: async (from, refreshToken) => signed(await post(from, '/auth/refresh', { refreshToken })),
    logOut: async (as) => (await post(as, '/auth/logout')).status,
    whoAmI: async (as) => {
      const { status, body } = await as.get<any>(`${KATIXO}/auth/me`);
      const { id, organisation } = body.data ?? {};
      return status === 200 ? { userId: id, organisationId: organisation?.id ?? null } : null;
    },
    requestCode: async (from, phone) => (await post(from, '/auth/otp/request', { phone })).status,
    verifyCode: async (from, phone, otp) => signed(await post(from, '/auth/otp/verify', { phone, otp })),
    verifySecondFactor: async (from, tempToken, code) =>
      signed(await post(from, '/auth/verify-2fa', { tempToken, code })),
    forgotPassword: async (from, phone) => (await post(from, '/auth/forgot-password', { phone })).status,
    resetPassword: async (from, phone, otp, newPassword) =>
      (await post(from, '/auth/reset-password', { phone, otp, newPassword })).status,
    invite: async (as, phone, role) =>
      (await post(as, '/auth/invite', { phone, role: role.toUpperCase() })).status,
    accept: async (from, token, password) =>
      signed(await post(from, '/auth/invite/accept', { token, password, name: 'Priya Sharma' })),
    organisations: async (as) =>
      (await as.get<{ data: Listed[] }>(`${KATIXO}/users/me/organisations`)).body.data,
    createOrganisation: async (as, name) => {
      const { body } = await as.post<{ data: Listed }>(`${KATIXO}/users/me/organisations`, { name });
      return body.data.id;
    },
    switchTo: async (as, orgId) => signed(await post(as, '/users/me/switch-org', { orgId })),
  };
}

export const DOORS = { primary: primary(), katixo: katixo() };
