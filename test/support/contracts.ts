import type { Client, Reply } from './client.js';
import { DATIXLAB, uuidOf } from './datixlab.js';
import { KATIXO } from './katixo.js';

/** A contract's response to a signed-in client, in a common form. */
export interface Signed {
  status: number;
  accessToken: string;
  /** Only where the contract has them. */
  refreshToken: string;
  userId: string;
  /** Instead of the rest where a second factor is required. */
  tempToken?: string;
}

/** The ways to get a session. */
export type WayIn =
  | 'a password, by e-mail'
  | 'a password, by phone'
  | 'a code to the phone'
  | 'a code to the e-mail address'
  | 'an invitation, with a password'
  | 'an invitation, with a session'
  | 'a switch of the organisation'
  | 'a refresh';

/** A person with both identifiers. */
export interface Person {
  email: string;
  phone: string;
  password: string;
}

interface Listed {
  id: string;
  active: boolean;
}

/** One contract, by what it does and not by its format; ids are those of the core. */
export interface ContractClient {
  name: string;
  /** Those that this contract has. */
  ways: readonly WayIn[];
  /**
   * Creates a tenant, and signs in. `readCode` reads the newest code sent to the person's phone; a contract without
   * phones leaves the phone out.
   */
  signUp(
    from: Client,
    person: Person,
    readCode: () => Promise<string>,
    organisation: string,
  ): Promise<Signed>;
  logIn(from: Client, by: { email: string }, password: string): Promise<Signed>;
  verifySecondFactor(from: Client, tempToken: string, code: string): Promise<Signed>;
  /** The next access token of the session, by whatever token the contract takes for it. */
  renew(from: Client, signed: Signed): Promise<Signed>;
  /** Out of the present session, at least. */
  logOut(as: Client): Promise<number>;
  /** Id of the person and of the active tenant; null where the token is refused. */
  whoAmI(as: Client): Promise<{ userId: string; organisationId: string | null } | null>;
}

/** A contract in which a signed-in person can change their password. */
export interface PasswordContract extends ContractClient {
  changePassword(as: Client, currentPassword: string, newPassword: string): Promise<number>;
}

/** A contract with phones and codes, refresh tokens, invitations and several tenants. */
export interface PhoneContract extends ContractClient {
  logIn(from: Client, by: { email: string } | { phone: string }, password: string): Promise<Signed>;
  refresh(from: Client, refreshToken: string): Promise<Signed>;
  logOutEverywhere(as: Client): Promise<number>;
  requestCode(from: Client, phone: string): Promise<number>;
  verifyCode(from: Client, phone: string, code: string): Promise<Signed>;
  forgotPassword(from: Client, phone: string): Promise<number>;
  resetPassword(from: Client, phone: string, code: string, newPassword: string): Promise<number>;
  invite(as: Client, phone: string, role: string): Promise<number>;
  accept(from: Client, token: string, password: string): Promise<Signed>;
  organisations(as: Client): Promise<Listed[]>;
  createOrganisation(as: Client, name: string): Promise<string>;
  switchTo(as: Client, id: string): Promise<Signed>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- answers of three dialects, told apart by their contract */
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

function primary(): PhoneContract & PasswordContract {
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
    signUp: async (from, { email, phone, password }, readCode, companyName) => {
      await post(from, '/auth/otp/request', { phone });
      const code = await readCode();
      const { signupToken } = (await post(from, '/auth/otp/verify', { phone, code })).body;
      const names = { firstName: 'Rajesh', lastName: 'Kumar', companyName };
      return signed(await post(from, '/auth/signup', { signupToken, email, password, ...names }));
    },
    logIn: async (from, by, password) => signed(await post(from, '/auth/login', { ...by, password })),
    refresh: async (from, refreshToken) => signed(await post(from, '/auth/refresh', { refreshToken })),
    renew: async (from, { refreshToken }) => signed(await post(from, '/auth/refresh', { refreshToken })),
    logOut: async (as) => (await post(as, '/auth/logout')).status,
    logOutEverywhere: async (as) => (await post(as, '/auth/logout', { all: true })).status,
    whoAmI: async (as) => {
      const { status, body } = await as.get<any>('/auth/me');
      return status === 200 ? { userId: body.id, organisationId: body.tenant?.id ?? null } : null;
    },
    changePassword: async (as, currentPassword, newPassword) =>
      (await post(as, '/auth/change-password', { currentPassword, newPassword })).status,
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

function katixo(): PhoneContract {
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
    signUp: async (from, { email, phone, password }, readCode, businessName) => {
      await post(from, '/auth/otp/request', { phone });
      const otp = await readCode();
      await post(from, '/auth/otp/verify', { phone, otp });
      const body = { phone, email, password, name: 'Rajesh Kumar', businessName };
      return signed(await post(from, '/auth/signup', body));
    },
    logIn: async (from, by, password) => signed(await post(from, '/auth/login', { ...by, password })),
    refresh: async (from, refreshToken) => signed(await post(from, '/auth/refresh', { refreshToken })),
    renew: async (from, { refreshToken }) => signed(await post(from, '/auth/refresh', { refreshToken })),
    logOut: async (as) => (await post(as, '/auth/logout')).status,
    logOutEverywhere: async (as) => (await post(as, '/auth/logout')).status,
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

function datixlab(): PasswordContract {
  const post = (from: Client, path: string, body?: object): Promise<Loose> =>
    from.post<any>(`${DATIXLAB}${path}`, body);
  const signed = ({ status, body }: Loose): Signed => ({
    status,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    userId: body.user && uuidOf(body.user.id as string),
    tempToken: body.temp_token,
  });
  const logIn: ContractClient['logIn'] = async (from, by, password) =>
    signed(await post(from, '/login', { ...by, password }));
  return {
    name: 'datixlab',
    ways: ['a password, by e-mail', 'a refresh'],
    signUp: async (from, { email, password }, _readCode, organization_name) => {
      const body = { email, password, full_name: 'Rajesh Kumar', organization_name };
      const { status } = await post(from, '/register', body);
      return { ...(await logIn(from, { email }, password)), status };
    },
    logIn,
    verifySecondFactor: async (from, temp_token, code) =>
      signed(await post(from, '/verify-2fa', { temp_token, code })),
    renew: async (from, { accessToken }) => signed(await post(from.withToken(accessToken), '/refresh')),
    logOut: async (as) => (await post(as, '/logout')).status,
    whoAmI: async (as) => {
      const { status, body } = await as.get<any>(`${DATIXLAB}/me`);
      if (status !== 200) return null;
      const { id, organization_id: organisation } = body;
      return { userId: uuidOf(id as string), organisationId: organisation && uuidOf(organisation as string) };
    },
    changePassword: async (as, current_password, new_password) =>
      (await post(as, '/change-password', { current_password, new_password })).status,
  };
}

export const CONTRACTS = { primary: primary(), katixo: katixo(), datixlab: datixlab() };
