import type { Place } from '../../support/matrix/places.js';
import type { PlacedOperation } from '../../support/openapi.js';
import { Ref } from './nodes.js';

/** Names of values that make a request succeed, or nearly so; the right one first. */
const BY_FIELD: Record<string, string[]> = {
  phone: ['home.phone', 'new.phone', 'other.phone'],
  password: ['own.password', 'new.password'],
  currentPassword: ['own.password', 'new.password'],
  current_password: ['own.password', 'new.password'],
  newPassword: ['new.password', 'own.password'],
  new_password: ['new.password', 'own.password'],
  refreshToken: ['own.refreshToken', 'own.accessToken'],
  signupToken: ['link.signup', 'link.invitation'],
  tempToken: ['link.temp', 'own.accessToken'],
  temp_token: ['link.temp', 'own.accessToken'],
  tenantSlug: ['own.slug', 'other.slug'],
  cursor: ['own.cursor'],
  name: ['new.name', 'other.name'],
  companyName: ['new.name', 'other.name'],
  businessName: ['new.name', 'other.name'],
  organization_name: ['new.name', 'other.name'],
  search: ['own.email', 'other.email'],
};

/** Operations of new people: known values are of no use there. */
const FOR_NEWCOMERS = /register|signup|invite|\/me$/;

export function knownFor({ path, method }: PlacedOperation, field: string): Ref[] {
  const names = namesFor(path, method, field);
  return names.map((name) => new Ref(name));
}

function namesFor(path: string, method: string, field: string): string[] {
  switch (field) {
    case 'email':
      return FOR_NEWCOMERS.test(path)
        ? ['new.email', 'other.email', 'own.email']
        : ['own.email', 'new.email', 'other.email', 'member.email'];
    case 'phone':
      if (path.endsWith('/otp/request')) return ['new.phone', 'home.phone', 'other.phone'];
      if (/register|signup/.test(path)) return ['verified.phone', 'new.phone', 'home.phone'];
      return FOR_NEWCOMERS.test(path) ? ['new.phone', 'other.phone', 'home.phone'] : (BY_FIELD.phone ?? []);
    case 'password':
      if (path.endsWith('/invite/accept')) return ['new.password', 'own.password'];
      return BY_FIELD.password ?? [];
    case 'token':
      return [...linksOf(path), 'own.accessToken', 'own.key', 'link.reset', 'link.invitation'];
    case 'code':
    case 'otp':
      return path.startsWith('/problems/') ? [] : codesOf(path);
    default:
      return method === 'GET' && field === 'name' ? [] : (BY_FIELD[field] ?? []);
  }
}

function linksOf(path: string): string[] {
  if (path.includes('/invite')) return ['link.invitation'];
  if (path.includes('/reset-password')) return ['link.reset'];
  if (path.includes('/verify-email')) return ['link.verification'];
  if (path.includes('/email-change')) return ['link.revert'];
  return path.includes('/restore') ? ['link.restoration'] : [];
}

function codesOf(path: string): string[] {
  if (path.includes('/otp/')) return ['code.phone', 'code.recovery', 'code.wrong'];
  if (path.includes('/reset-password')) return ['code.recovery', 'code.phone', 'code.wrong'];
  return path.includes('confirm')
    ? ['code.enrolling', 'code.wrong']
    : ['code.backup', 'code.totp', 'code.wrong'];
}

export const OWNERS = ['own', 'other', 'none'] as const;
export type Owner = (typeof OWNERS)[number];

/** An id of the home tenant, of the other tenant, or of nothing. */
export function idOf(place: Pick<Place, 'thing' | 'isTypeId'>, owner: Owner): Ref {
  return new Ref(`${owner}:${place.thing}${place.isTypeId ? ':typeid' : ''}`);
}
