import { AUDIT_ACTION_PREFIXES, AUDIT_ACTIONS } from '../../../../modules/audit/audit-actions.js';
import { ACTION_GROUPS } from './audit-actions.js';

it('the console offers every action of the audit trail, and every group', () => {
  expect(ACTION_GROUPS.map(([group]) => group)).toEqual(AUDIT_ACTION_PREFIXES);
  expect(ACTION_GROUPS.flatMap(([, actions]) => actions).sort()).toEqual([...AUDIT_ACTIONS].sort());
});
