import { AppError } from '../../common/app-error.js';

export class CompanyNameTaken extends AppError {
  /** `field` names the request member that held the name. */
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
  /** `field` names the request member that held the key. */
  constructor(field: 'role' | 'roleKey' = 'role') {
    super('role_not_found', {
      errors: [
        { pointer: `#/${field}`, code: 'role_not_found', detail: 'Use the key of one of your roles.' },
      ],
    });
  }
}

export class RoleLevelExceeded extends AppError {
  constructor() {
    super('role_level_exceeded', {
      detail: 'You cannot hand out a role above your own, or rights you do not hold.',
    });
  }
}

export class DepartmentNotFound extends AppError {
  /** `field` names the request member that held the id. */
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

/** Not the person's organisation, or none at all. */
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
