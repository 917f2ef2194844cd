import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { allowedBy, covers, knownPermissions, type PermissionMap } from '../../common/permissions.js';
import { ValidationFailed } from '../../common/validation-failed.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantReads, TenantTransaction, Transaction } from '../../database/transaction.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { exchanged, replaced } from '../audit/changes.js';
import type { MemberAuthority } from './member-authority.repository.js';
import { MemberAuthorityService } from './member-authority.service.js';
import { assertGrantable } from './memberships.service.js';
import { type Role, TOP_LEVEL } from './role.js';
import { completePermissions } from './role-permissions.js';
import { type ManagedRole, RolesRepository } from './roles.repository.js';
import {
  NoSuchRole,
  RoleKeyTaken,
  RoleLevelExceeded,
  RoleLimitReached,
  RoleProtected,
} from './tenants.errors.js';

export interface NewRole {
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

export type RoleChanges = Partial<Omit<NewRole, 'key'>>;

/** Manages the roles of the actor's tenant. Access tokens already issued get a change with the next request. */
@Injectable()
export class RolesService {
  constructor(
    private readonly database: Database,
    private readonly roles: RolesRepository,
    private readonly authority: MemberAuthorityService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In order of creation, the template's roles first. */
  async list(actor: Actor, page: PageRequest): Promise<Page<ManagedRole>> {
    const { tenant } = membershipOf(actor);
    const rows = await this.roles.list(this.database.readsOf(tenant.id), page);
    return toPage(rows.map(withKnownPermissions), page);
  }

  /** Throws NoSuchRole. */
  async get(actor: Actor, roleId: string): Promise<ManagedRole> {
    const { tenant } = membershipOf(actor);
    return this.read(this.database.readsOf(tenant.id), roleId);
  }

  /**
   * Throws PermissionUnknown, RoleLevelExceeded, RoleKeyTaken or RoleLimitReached. The limit also binds parallel calls.
   */
  async create(actor: Actor, input: NewRole): Promise<ManagedRole> {
    const { tenant } = membershipOf(actor);
    const role = { ...input, permissions: completePermissions(input.permissions) };
    return this.database.inTenant(tenant.id, async (tx) => {
      assertGrantable(role, await this.authority.lock(tx, actor, 'roles.create'));
      await this.assertBelowLimit(tx);
      const id = newId();
      if (!(await this.roles.insert(tx, { id, ...role }))) throw new RoleKeyTaken();
      await this.record(tx, actor, 'role.created', id, { key: role.key });
      return this.read(tx, id);
    });
  }

  /**
   * A change of permissions also affects the members of every department with this role: the actor must be allowed to
   * change them all. What is as before counts as absent. Throws NoSuchRole, PermissionUnknown, RoleLevelExceeded,
   * RoleProtected or MemberNotManageable.
   */
  async update(actor: Actor, roleId: string, changes: RoleChanges): Promise<ManagedRole> {
    const { tenant } = membershipOf(actor);
    const given = changes.permissions && completePermissions(changes.permissions);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'roles.edit');
      const role = await this.read(tx, roleId);
      assertEditable(role, own);
      const { name } = changes;
      const level = changes.level === role.level ? undefined : changes.level;
      const isSame = given && isDeepStrictEqual(given, completePermissions(role.permissions));
      const rights = isSame ? undefined : given;
      if (level !== undefined || rights) {
        if (role.level === TOP_LEVEL) throw new RoleProtected();
        if (level === TOP_LEVEL)
          throw new ValidationFailed([
            { pointer: '#/level', code: 'max', detail: `must be below ${TOP_LEVEL}` },
          ]);
        assertGrantable({ level: level ?? role.level, permissions: rights ?? role.permissions }, own);
      }
      if (rights) await this.authority.assertManagesAll(tx, { departmentRoleId: roleId }, own);
      await this.roles.update(tx, roleId, { name, level, permissions: rights });
      const fields = Object.entries({ name, level, permissions: rights }).filter(
        ([, value]) => value !== undefined,
      );
      const changed = await this.read(tx, roleId);
      const detail = { fields: fields.map(([field]) => field), ...changesOf(role, changed) };
      if (fields.length > 0)
        await this.record(tx, actor, 'role.updated', roleId, { key: role.key, ...detail });
      return changed;
    });
  }

  /** Call it under the lock: the count then stays valid until the commit. */
  private async assertBelowLimit(tx: TenantTransaction): Promise<void> {
    if ((await this.roles.count(tx)) >= this.config.MAX_ROLES_PER_TENANT) throw new RoleLimitReached();
  }

  private async read(tx: TenantReads, roleId: string): Promise<ManagedRole> {
    const role = await this.roles.find(tx, roleId);
    if (!role) throw new NoSuchRole();
    return withKnownPermissions(role);
  }

  private record(
    tx: Transaction,
    actor: Actor,
    action: AuditAction,
    roleId: string,
    detail: object,
  ): Promise<void> {
    return this.audit.record(tx, actor.origin, {
      action,
      tenantId: membershipOf(actor).tenant.id,
      actorId: actor.userId,
      target: { kind: 'role', id: roleId },
      detail: { ...detail },
    });
  }
}

/**
 * The actor may change or delete a role on a lower level whose permissions the actor has; owners, any role. Call it
 * under the lock. Throws RoleLevelExceeded.
 */
export function assertEditable(role: Role, actor: MemberAuthority): void {
  const isWithin = role.level < actor.level && covers(actor.permissions, role.permissions);
  if (actor.level !== TOP_LEVEL && !isWithin) throw new RoleLevelExceeded();
}

const withKnownPermissions = (role: ManagedRole): ManagedRole => ({
  ...role,
  permissions: knownPermissions(role.permissions),
});

/** The changes of level and permissions, for the audit event. */
function changesOf(before: ManagedRole, after: ManagedRole): object {
  return {
    ...replaced('level', before.level, after.level),
    ...exchanged('permissions', allowedBy(before.permissions), allowedBy(after.permissions)),
  };
}
