import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { ImportedPasswordsService } from '../passwords/imported-passwords.service.js';
import { ImportedTenantsRepository, type NamedRole } from '../tenants/imported-tenants.repository.js';
import { ImportedFactorsService } from '../two-factor/imported-factors.service.js';
import { type ImportedUser, ImportedUsersRepository } from '../users/imported-users.repository.js';
import { ImportRun, type Numbered, type Outcome } from './import-batch.js';
import type { MembershipRecord, PersonRecord, Refusal } from './import-record.js';

type NumberedPerson = Numbered<PersonRecord>;

/** An accepted person, and the roles in the order of the memberships; empty in a dry run. */
interface Accepted {
  numbered: NumberedPerson;
  id: string;
  roles: NamedRole[];
}

/** Imports the people of some lines, each wholly or not at all. */
@Injectable()
export class PersonImportService {
  constructor(
    private readonly database: Database,
    private readonly users: ImportedUsersRepository,
    private readonly tenants: ImportedTenantsRepository,
    private readonly passwords: ImportedPasswordsService,
    private readonly factors: ImportedFactorsService,
    private readonly audit: AuditService,
  ) {}

  /** One transaction. In the order of the lines. */
  async import(run: ImportRun, batch: NumberedPerson[]): Promise<Outcome[]> {
    const { outcomes, seen } = await this.database.acrossTenants(async (tx) => {
      const known = await this.read(tx, batch);
      const seen = new ImportRun(run.act, run.dryRun, run.newId);
      const accepted: Accepted[] = [];
      const outcomes = batch.map((numbered): Outcome => {
        const { line, record } = numbered;
        const refusal =
          run.findRepeated(numbered) ?? seen.findRepeated(numbered) ?? findRefusal(record, known, run);
        if (refusal) return { line, outcome: 'refused', ...refusal };
        seen.accept(numbered);
        if (known.present.has(record.externalId)) return { line, outcome: 'present' };
        const roles = (record.memberships ?? []).flatMap((one) => known.roles.get(keyOf(one)) ?? []);
        accepted.push({ numbered, id: run.newId('person', record.externalId), roles });
        return { line, outcome: 'imported' };
      });
      if (run.dryRun || accepted.length === 0) return { outcomes, seen };
      const added = await this.users.insertAll(tx, accepted.map(toUser));
      await this.insertRest(
        tx,
        run,
        accepted.filter(({ id }) => added.has(id)),
      );
      const late = new Set(accepted.filter(({ id }) => !added.has(id)).map(({ numbered }) => numbered.line));
      return { outcomes: outcomes.map((one) => (late.has(one.line) ? taken(one.line) : one)), seen };
    });
    for (const [key, line] of seen.lines) run.lines.set(key, line);
    for (const [value, line] of seen.identifiers) run.identifiers.set(value, line);
    return outcomes;
  }

  private async read(tx: PeopleTransaction, batch: NumberedPerson[]): Promise<Known> {
    const records = batch.map(({ record }) => record);
    const memberships = records.flatMap((record) => record.memberships ?? []);
    const unique = (values: (string | undefined)[]) => [
      ...new Set(values.filter((value) => value !== undefined)),
    ];
    const present = await this.users.findImported(tx, unique(records.map(({ externalId }) => externalId)));
    const taken = await this.users.findTaken(
      tx,
      unique(records.map(({ email }) => email)),
      unique(records.map(({ phone }) => phone)),
    );
    const roles = await this.tenants.lockRoles(
      tx,
      unique(memberships.map(({ tenant }) => tenant)),
      unique(memberships.map(({ tenantSlug }) => tenantSlug)),
    );
    return {
      present,
      taken,
      tenants: new Set(roles.map(({ tenant }) => tenant)),
      roles: new Map(roles.map((role) => [`${role.tenant}\n${role.key}`, role])),
    };
  }

  private async insertRest(tx: PeopleTransaction, run: ImportRun, accepted: Accepted[]): Promise<void> {
    await this.tenants.insertMemberships(
      tx,
      accepted.flatMap(({ numbered, id: userId, roles }) =>
        roles.map(({ tenantId, roleId }, place) => {
          const status = numbered.record.memberships?.[place]?.status ?? 'active';
          return { id: run.newId('membership', userId, tenantId), tenantId, userId, roleId, status };
        }),
      ),
    );
    const passwords = accepted.flatMap(({ numbered, id: userId }) => {
      const { password: hash } = numbered.record;
      return hash ? [{ userId, hash }] : [];
    });
    if (passwords.length > 0) await this.passwords.insertAll(tx, passwords);
    const factors = accepted.flatMap(({ numbered, id: userId }) => {
      const { totp, backupCodes: codes = [] } = numbered.record;
      return totp ? [{ userId, seed: totp.seed, codes }] : [];
    });
    if (factors.length > 0) await this.factors.insertAll(tx, factors);
    await this.record(tx, run, accepted);
  }

  /** For operators, and in the trail of each tenant that the person is a member of. */
  private async record(tx: PeopleTransaction, { act }: ImportRun, accepted: Accepted[]): Promise<void> {
    const { reason, reference } = act;
    const events = accepted.flatMap(({ id, roles }) => {
      const event = {
        action: 'user.created',
        actorKind: 'operator',
        actorId: null,
        target: { kind: 'user', id },
      } as const;
      return [
        { ...event, tenantId: null, detail: { reason, reference, imported: true } },
        ...roles.map(({ tenantId }) => ({ ...event, tenantId, detail: { reference, imported: true } })),
      ];
    });
    await this.audit.recordAll(tx, act.origin, events);
  }
}

interface Known {
  present: Map<string, string>;
  taken: Set<string>;
  /** By `NamedRole.tenant`. */
  tenants: Set<string>;
  /** By `keyOf`. */
  roles: Map<string, NamedRole>;
}

const tenantOf = ({ tenant, tenantSlug }: MembershipRecord): string =>
  tenant === undefined ? `slug:${tenantSlug}` : `id:${tenant}`;
const keyOf = (membership: MembershipRecord): string => `${tenantOf(membership)}\n${membership.role}`;

function findRefusal(record: PersonRecord, known: Known, run: ImportRun): Refusal | null {
  if (known.present.has(record.externalId)) return null;
  for (const kind of ['email', 'phone'] as const)
    if (known.taken.has(record[kind] ?? '')) return { pointer: `/${kind}`, detail: 'another account has it' };
  const tenants = new Set<string>();
  for (const [place, membership] of (record.memberships ?? []).entries()) {
    const pointer = `/memberships/${place}`;
    const refusal = findMembershipRefusal(membership, known, run);
    if (refusal) return { ...refusal, pointer: `${pointer}${refusal.pointer}` };
    const tenantId = known.roles.get(keyOf(membership))?.tenantId ?? tenantOf(membership);
    if (tenants.has(tenantId)) return { pointer, detail: 'is another membership in the same tenant' };
    tenants.add(tenantId);
  }
  return null;
}

function findMembershipRefusal(membership: MembershipRecord, known: Known, run: ImportRun): Refusal | null {
  const rehearsed = run.dryRun ? run.roles.get(tenantOf(membership)) : undefined;
  const member = membership.tenant === undefined ? 'tenantSlug' : 'tenant';
  if (!known.tenants.has(tenantOf(membership)) && !rehearsed)
    return { pointer: `/${member}`, detail: 'no tenant has it: tenants are imported before their members' };
  if (known.roles.has(keyOf(membership)) || rehearsed?.has(membership.role)) return null;
  return { pointer: '/role', detail: 'the tenant has no such role' };
}

function toUser({ id, numbered: { record } }: Accepted): ImportedUser {
  const { externalId, email = null, phone = null, firstName, lastName = '', createdAt = null } = record;
  const { emailVerified = false, phoneVerified = false } = record;
  return { id, externalId, email, phone, emailVerified, phoneVerified, firstName, lastName, createdAt };
}

const taken = (line: number): Outcome => ({
  line,
  outcome: 'refused',
  pointer: '',
  detail: 'another account has got the e-mail address, the phone number or the external id meanwhile',
});
