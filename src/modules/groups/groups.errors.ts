import { advice, AppError } from '../../common/app-error.js';

/** Same response for another tenant's department, team or member and for one that does not exist. */
export class NotInTenant extends AppError {
  constructor() {
    super('not_found');
  }
}

export class DepartmentNameTaken extends AppError {
  constructor() {
    super('department_name_taken', {
      errors: [
        { pointer: '#/name', code: 'department_name_taken', detail: 'Its neighbour has this name already.' },
      ],
    });
  }
}

export class DepartmentLimitReached extends AppError {
  constructor() {
    super('department_limit_reached', { detail: 'Delete one that is no longer needed.' });
  }
}

export class TeamLimitReached extends AppError {
  constructor() {
    super('team_limit_reached', { detail: 'Delete one that is no longer needed.' });
  }
}

export class DepartmentCycle extends AppError {
  constructor() {
    super('department_cycle', {
      errors: [{ pointer: '#/parentId', code: 'department_cycle', detail: 'It lies within this one.' }],
    });
  }
}

export class DepartmentTooDeep extends AppError {
  constructor(levels: number) {
    super('department_too_deep', {
      errors: [{ pointer: '#/parentId', code: 'department_too_deep', detail: `At most ${levels} levels.` }],
    });
  }
}

export class DepartmentInUse extends AppError {
  constructor() {
    super('department_in_use', {
      detail: advice`Move the departments within it, and name with ${'moveMembersTo'} where its members go.`,
    });
  }
}

export class TeamNameTaken extends AppError {
  constructor() {
    super('team_name_taken', {
      errors: [{ pointer: '#/name', code: 'team_name_taken', detail: 'Another team has this name.' }],
    });
  }
}
