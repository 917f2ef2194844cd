import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { canonicalEmail } from '../../common/email-address.js';
import { canonicalPhone } from '../../common/identifiers.js';
import { isVisible, NO_LINK } from '../../common/visible-text.js';
import { findHashProblem } from '../passwords/foreign/foreign-hash.js';
import { TOP_LEVEL } from '../tenants/role.js';
import { completePermissions } from '../tenants/role-permissions.js';
import { ROLE_TEMPLATES } from '../tenants/role-templates.js';
import { PermissionUnknown } from '../tenants/tenants.errors.js';
import { type ImportRecord, LineRefused, type PersonRecord, type TenantRecord } from './import-record.js';
import { PERSON_SCHEMA, TENANT_SCHEMA } from './record-schema.js';

/** The formats of the schemas. */
export const FORMATS: Record<string, (text: string) => boolean> = {
  visible: (text) => text.trim() === text && isVisible(text),
  name: (text) => isVisible(text.trim()) && NO_LINK.test(text),
  mailbox: (text) => canonicalEmail(text) !== null,
  phone: (text) => canonicalPhone(text) !== null,
  base32: (text) => /^[A-Za-z2-7 ]+=*$/.test(text) && bare(text).length >= 16,
  past: (text) => isTime(text) && Date.parse(text) >= EARLIEST && Date.parse(text) <= Date.now(),
};
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-5]):[0-5]\d)$/;
const EARLIEST = Date.parse('1970-01-01T00:00:00Z');

/** Compiled for the first line: most servers never import anybody. */
let compiled: Record<ImportRecord['type'], ValidateFunction> | null = null;

function compile(): Record<ImportRecord['type'], ValidateFunction> {
  const options = { discriminator: true, strictRequired: false, allowUnionTypes: false };
  // A test validates the schemas themselves
  const ajv = new Ajv({ ...options, formats: FORMATS, validateSchema: false, code: { optimize: false } });
  return { person: ajv.compile(PERSON_SCHEMA), tenant: ajv.compile(TENANT_SCHEMA) };
}

/** ECMAScript reads the 30th of February as a day in March; PostgreSQL refuses it. */
function isTime(text: string): boolean {
  const day = text.slice(0, 10);
  const read = new Date(`${day}T00:00:00Z`);
  return ISO_TIME.test(text) && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}

/** The record of a line, with identifiers, names and seeds in the form that is stored. Throws LineRefused. */
export function parseRecord(line: string, totpStepSeconds: number): ImportRecord {
  const value = parseJson(line);
  if (!isObject(value)) throw new LineRefused('', 'is not a JSON object');
  const { type } = value;
  if (type !== 'person' && type !== 'tenant') throw new LineRefused('/type', 'must be "person" or "tenant"');
  compiled ??= compile();
  const validate = compiled[type];
  if (!validate(value)) throw refusalOf(validate.errors ?? []);
  const record = value as unknown as ImportRecord;
  return record.type === 'person' ? toPerson(record, totpStepSeconds) : toTenant(record);
}

function parseJson(line: string): unknown {
  let members = 0;
  let value: unknown;
  try {
    value = JSON.parse(line, (key, member: unknown) => {
      if (!isStorable(key) || (typeof member === 'string' && !isStorable(member)))
        throw new LineRefused('', 'holds a NUL or half of a surrogate pair');
      if (isObject(member)) members += Object.keys(member).length;
      return member;
    });
  } catch (error) {
    if (error instanceof LineRefused) throw error;
    throw new LineRefused('', 'is not JSON');
  }
  if (countMembers(line) !== members) throw new LineRefused('', 'names a member twice');
  return value;
}

/** PostgreSQL stores neither. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Each member of an object has one colon outside of strings. */
const countMembers = (line: string): number => line.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function toPerson(record: PersonRecord, totpStepSeconds: number): PersonRecord {
  const { email, phone, password, totp } = record;
  const problem = password && findHashProblem(password);
  if (problem) throw new LineRefused('/password', problem);
  if (totp?.period !== undefined && totp.period !== totpStepSeconds)
    throw new LineRefused('/totp/period', `must be ${totpStepSeconds}, as TOTP_STEP_SECONDS is`);
  if (totp === undefined && record.backupCodes) throw new LineRefused('/backupCodes', 'go with a totp');
  return {
    ...record,
    ...(email !== undefined && { email: canonicalEmail(email) ?? '' }),
    ...(phone !== undefined && { phone: canonicalPhone(phone) ?? '' }),
    firstName: requireName(record.firstName, '/firstName'),
    lastName: record.lastName?.trim() ?? '',
    ...(totp && { totp: { ...totp, seed: bare(totp.seed) } }),
  };
}

function toTenant(record: TenantRecord): TenantRecord {
  const template = record.template ? ROLE_TEMPLATES[record.template] : [];
  const keys = new Set<string>(template.map(({ key }) => key));
  const top = [...template, ...(record.roles ?? [])].filter(({ level }) => level === TOP_LEVEL);
  if (top.length !== 1)
    throw new LineRefused('/roles', `need one role of level ${TOP_LEVEL}, not ${top.length}`);
  const roles = record.roles?.map((role, place) => {
    if (keys.has(role.key)) throw new LineRefused(`/roles/${place}/key`, 'another role has this key');
    keys.add(role.key);
    return { ...role, permissions: complete(role.permissions, `/roles/${place}/permissions`) };
  });
  return { ...record, name: requireName(record.name, '/name'), ...(roles && { roles }) };
}

function complete(permissions: Parameters<typeof completePermissions>[0], pointer: string) {
  try {
    return completePermissions(permissions);
  } catch (error) {
    if (error instanceof PermissionUnknown)
      throw new LineRefused(pointer, 'names a permission that does not exist');
    throw error;
  }
}

function requireName(text: string, pointer: string): string {
  if (text.trim() === '') throw new LineRefused(pointer, 'is empty');
  return text.trim();
}

/** Base32 without blanks and padding, in upper case. */
function bare(seed: string): string {
  return seed.replace(/[ =]/g, '').toUpperCase();
}

/** The deepest error says most. */
function refusalOf(errors: ErrorObject[]): LineRefused {
  const [first] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  const { instancePath = '', keyword = '', message = 'is invalid', params = {} } = first ?? {};
  const { additionalProperty, allowedValue, allowedValues } = params as Record<string, unknown>;
  if (keyword === 'additionalProperties') {
    const member = String(additionalProperty)
      .slice(0, 40)
      .replace(/[^\w-]/g, '?');
    return new LineRefused(`${instancePath}/${member}`, 'is no member of the format');
  }
  if (keyword === 'const') return new LineRefused(instancePath, `must be ${JSON.stringify(allowedValue)}`);
  if (keyword === 'enum')
    return new LineRefused(instancePath, `must be one of ${JSON.stringify(allowedValues)}`);
  return new LineRefused(instancePath, message);
}
