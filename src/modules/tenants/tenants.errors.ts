import { advice, AppError } from '../../common/app-error.js';
import type { Permission } from '../../common/permissions.js';
import { ValidationFailed } from '../../common/validation-failed.js';

export class CompanyNameTaken extends AppError {
  /** `field`: the request member with the name. */
  constructor(field: 'companyName' | 'name') {
    super('company_name_taken', {
      detail: 'Ask its administrator for an invitation, or register under another name.',
      errors: [
        { pointer: `#/${field}`, code: 'company_name_taken', detail: 'This name is already registered.' },
      ],
    });
  }
}

export class TenantNotFound extends AppError {
  constructor() {
    super('tenant_not_found', { detail: 'Check the organisation’s slug.' });
  }
}

export class RoleNotFound extends AppError {
  /** `field`: the request member with the role. */
  constructor(field: 'role' | 'roleKey' | 'moveMembersTo' = 'role') {
    const detail =
      field === 'moveMembersTo' ? 'Use the id of another role.' : 'Use the key of one of your roles.';
    super('role_not_found', { errors: [{ pointer: `#/${field}`, code: 'role_not_found', detail }] });
  }
}

export class RoleLevelExceeded extends AppError {
  constructor() {
    super('role_level_exceeded', {
      detail: 'You cannot hand out a role above your own, or rights you do not hold.',
    });
  }
}

export class IdentifierUnverified extends AppError {
  constructor() {
    super('identifier_unverified', {
      detail:
        'Verify your e-mail address first, by the link that was sent to it, or your phone number, by a code. Then invite ' +
        'people and manage them.',
    });
  }
}

export class DepartmentNotFound extends AppError {
  /** `field`: the request member with the id. */
  constructor(field: 'departmentId' | 'parentId' | 'moveMembersTo' = 'departmentId') {
    super('department_not_found', {
      errors: [{ pointer: `#/${field}`, code: 'department_not_found', detail: 'No such department.' }],
    });
  }
}

export class TeamNotFound extends AppError {
  constructor() {
    super('team_not_found', {
      errors: [{ pointer: '#/teamIds', code: 'team_not_found', detail: 'No such team.' }],
    });
  }
}

export class AlreadyMember extends AppError {
  constructor() {
    super('already_member');
  }
}

/** Same response for a tenant of which the person is not a member and for one that does not exist. */
export class OrganisationNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

export class LastOwner extends AppError {
  constructor() {
    super('last_owner', { detail: 'Hand the organisation over to somebody else first.' });
  }
}

/** Same response, byte by byte, for a person in another tenant and for one who does not exist. */
export class MemberNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

export class MemberNotManageable extends AppError {
  constructor(detail = 'Ask somebody who stands above them.') {
    super('member_not_manageable', { detail });
  }
}

export class MemberSuspended extends AppError {
  constructor() {
    super('member_suspended', { detail: 'Restore the member first.' });
  }
}

/** The actor lost the permission after the request was authenticated. */
export class PermissionLost extends AppError {
  constructor(permission: Permission) {
    super('permission_missing', { detail: `Your role lacks ${permission}. Ask an administrator.` });
  }
}

/** Same response for another tenant's role and for one that does not exist. */
export class NoSuchRole extends AppError {
  constructor() {
    super('not_found');
  }
}

export class RoleLimitReached extends AppError {
  constructor() {
    super('role_limit_reached', { detail: 'Delete one that is no longer needed.' });
  }
}

export class RoleKeyTaken extends AppError {
  constructor() {
    super('role_key_taken', {
      errors: [{ pointer: '#/key', code: 'role_key_taken', detail: 'Choose another key.' }],
    });
  }
}

export class RoleInUse extends AppError {
  constructor() {
    super('role_in_use', { detail: advice`Say with ${'moveMembersTo'} which role they get.` });
  }
}

export class RoleProtected extends AppError {
  constructor() {
    super('role_protected', { detail: 'Only its name can change.' });
  }
}

/** How a word that is not in the permission catalogue is refused. */
export const UNKNOWN_PERMISSION = {
  code: 'unknown_permission',
  detail: 'is not in the permission catalogue',
} as const;

/** `unknown`: JSON pointers, relative to `permissions`, of the entries that are not in the permission catalogue. */
export class PermissionUnknown extends ValidationFailed {
  constructor(unknown: string[]) {
    super(unknown.map((path) => ({ pointer: `#/permissions/${path}`, ...UNKNOWN_PERMISSION })));
  }
}
