import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';

/** What a sign-in or an enrolment reads of an operator. */
export interface OperatorRow {
  id: string;
  email: string;
  allowedAddresses: string[];
  passwordHash: string | null;
  seedEncrypted: Buffer;
  isSeedConfirmed: boolean;
  isDisabled: boolean;
}

export interface ListedOperator {
  id: string;
  email: string;
  allowedAddresses: string[];
  status: 'active' | 'disabled' | 'enrolling';
  lastSignInAt: Date | null;
  createdAt: Date;
}

export interface Enrolment {
  hash: Buffer;
  ttlSeconds: number;
}

/** Operators of the service. */
@Injectable()
export class OperatorsRepository {
  constructor(private readonly database: Database) {}

  /** Returns false if another operator has the address. */
  async insert(
    tx: Transaction,
    operator: { id: string; email: string; allowedAddresses: string[]; seedEncrypted: Buffer },
    { hash, ttlSeconds }: Enrolment,
  ): Promise<boolean> {
    const { id, email, allowedAddresses, seedEncrypted } = operator;
    return (await tx.execute(INSERT, [id, email, allowedAddresses, seedEncrypted, hash, ttlSeconds])) === 1;
  }

  list(): Promise<ListedOperator[]> {
    return this.database.autocommit.many<ListedOperator>(LIST, []);
  }

  findByEmail(email: string): Promise<OperatorRow | null> {
    return this.database.autocommit.one<OperatorRow>(FIND_BY_EMAIL, [email]);
  }

  /** The operator whose enrolment has this token, and has not expired. */
  findByEnrolment(hash: Buffer): Promise<OperatorRow | null> {
    return this.database.autocommit.one<OperatorRow>(FIND_BY_ENROLMENT, [hash]);
  }

  /** Locks the operator until the transaction ends. */
  lockByEmail(tx: Transaction, email: string): Promise<OperatorRow | null> {
    return tx.one<OperatorRow>(LOCK_BY_EMAIL, [email]);
  }

  /** Returns false if it is so already. The caller has locked the operator. */
  async setDisabled(tx: Transaction, id: string, isDisabled: boolean): Promise<boolean> {
    return (await tx.execute(SET_DISABLED, [id, isDisabled])) === 1;
  }

  /** Returns false if they are the same, in this order. The caller has locked the operator. */
  async setAllowedAddresses(tx: Transaction, id: string, allowedAddresses: string[]): Promise<boolean> {
    return (await tx.execute(SET_ALLOWED_ADDRESSES, [id, allowedAddresses])) === 1;
  }

  /** Voids the password, and replaces the token of an enrolment that was not finished. */
  async removePassword(tx: Transaction, id: string, { hash, ttlSeconds }: Enrolment): Promise<void> {
    await tx.execute(REMOVE_PASSWORD, [id, hash, ttlSeconds]);
  }

  /** As `removePassword`, of the second factor. */
  async replaceSeed(
    tx: Transaction,
    id: string,
    seedEncrypted: Buffer,
    { hash, ttlSeconds }: Enrolment,
  ): Promise<void> {
    await tx.execute(REPLACE_SEED, [id, hash, ttlSeconds, seedEncrypted]);
  }

  /** Ends the enrolment, and uses the code. Of any number of parallel calls with one token, one returns true. */
  async enrol(
    tx: Transaction,
    { id, hash, passwordHash, step }: { id: string; hash: Buffer; passwordHash: string; step: number },
  ): Promise<boolean> {
    return (await tx.execute(ENROL, [id, hash, passwordHash, step])) === 1;
  }

  /** RFC 6238 §5.2: a step is accepted once, and none at or below the last. False for an operator who may not sign in. */
  async acceptStep(tx: Transaction, id: string, step: number): Promise<boolean> {
    return (await tx.execute(ACCEPT_STEP, [id, step])) === 1;
  }
}

const COLUMNS = `
  id, email, allowed_addresses::text[] AS "allowedAddresses", password_hash AS "passwordHash",
  seed_encrypted AS "seedEncrypted", seed_confirmed_at IS NOT NULL AS "isSeedConfirmed",
  disabled_at IS NOT NULL AS "isDisabled"`;

/** $1 id, $2 e-mail, $3 address blocks, $4 encrypted seed, $5 hash of the enrolment token, $6 its seconds. */
const INSERT = `
  INSERT INTO operators (id, email, allowed_addresses, seed_encrypted, enrolment_hash, enrolment_expires_at)
  VALUES ($1, $2, $3::text[]::cidr[], $4, $5, now() + make_interval(secs => $6))
  ON CONFLICT (email) DO NOTHING`;

const LIST = `
  SELECT o.id, o.email, o.allowed_addresses::text[] AS "allowedAddresses", o.created_at AS "createdAt",
    CASE WHEN o.disabled_at IS NOT NULL THEN 'disabled' WHEN o.enrolment_hash IS NOT NULL THEN 'enrolling' ELSE 'active' END
      AS status,
    (SELECT max(s.created_at) FROM operator_sessions s WHERE s.operator_id = o.id) AS "lastSignInAt"
  FROM operators o ORDER BY o.email`;

/** $1 e-mail. */
const FIND_BY_EMAIL: Statement = {
  name: 'find-operator-by-email',
  text: `SELECT ${COLUMNS} FROM operators WHERE email = $1`,
};

/** $1 e-mail. */
const LOCK_BY_EMAIL = `${FIND_BY_EMAIL.text} FOR UPDATE`;

/** $1 hash. */
const FIND_BY_ENROLMENT = `
  SELECT ${COLUMNS} FROM operators
  WHERE enrolment_hash = $1 AND enrolment_expires_at > now() AND disabled_at IS NULL`;

/** $1 operator, $2 whether disabled. */
const SET_DISABLED = `
  UPDATE operators SET disabled_at = CASE WHEN $2::boolean THEN now() END
  WHERE id = $1 AND (disabled_at IS NOT NULL) <> $2::boolean`;

/** $1 operator, $2 address blocks. */
const SET_ALLOWED_ADDRESSES = `
  UPDATE operators SET allowed_addresses = $2::text[]::cidr[]
  WHERE id = $1 AND allowed_addresses <> $2::text[]::cidr[]`;

const BEGIN_ENROLMENT = 'enrolment_hash = $2, enrolment_expires_at = now() + make_interval(secs => $3)';

/** $1 operator, $2 hash of the enrolment token, $3 its seconds. */
const REMOVE_PASSWORD = `UPDATE operators SET password_hash = NULL, ${BEGIN_ENROLMENT} WHERE id = $1`;

/** As REMOVE_PASSWORD; $4 encrypted seed. */
const REPLACE_SEED = `
  UPDATE operators SET seed_encrypted = $4, seed_confirmed_at = NULL, last_step = 0, ${BEGIN_ENROLMENT} WHERE id = $1`;

/** $1 operator, $2 hash of the enrolment token, $3 password hash, $4 step. */
const ENROL = `
  UPDATE operators SET enrolment_hash = NULL, enrolment_expires_at = NULL, password_hash = $3,
    seed_confirmed_at = COALESCE(seed_confirmed_at, now()), last_step = $4
  WHERE id = $1 AND enrolment_hash = $2 AND enrolment_expires_at > now() AND disabled_at IS NULL AND last_step < $4`;

/** $1 operator, $2 step. */
const ACCEPT_STEP = `
  UPDATE operators SET last_step = $2
  WHERE id = $1 AND last_step < $2 AND disabled_at IS NULL AND enrolment_hash IS NULL`;
