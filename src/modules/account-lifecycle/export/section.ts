import type { ExportedPerson } from './exported-person.js';

/** A section of the archive: the result of one statement for one user. */
export interface Section {
  name: string;
  /** The tables it exports. A test compares them with all tables that contain personal data. */
  tables: readonly string[];
  /** $1 is the user's id, unless `values` is set. Never selects a secret or its hash. */
  text: string;
  values?: (person: ExportedPerson) => unknown[];
  /** Exports one object or null instead of a list. */
  single?: boolean;
}

/** Tables exported by the modules that own them, outside of the sections. */
export const EXPORTED_SEPARATELY: readonly string[] = ['avatars', 'messages'];

/** Tables with personal data that are not exported, with the reason. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  idempotency_records:
    'answers that the person got within the last day, encrypted; what they are about is in the sections',
  operators: 'accounts of those who run the server; no person of a tenant has one',
  operator_sessions: 'sessions of operators, who are no persons of tenants',
  otp_challenges:
    'codes under a keyed hash of their recipient, for minutes; that one was sent is among the messages',
  unconfirmed_notices:
    'that the one notice which an unconfirmed address gets was sent; the notice itself is among the messages',
};
