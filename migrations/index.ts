/* Every migration; they run in the order of the numbers that their names end with. */
export { CreatePeopleAndTenants1795300000001 } from './1795300000001-create-people-and-tenants.js';
export { CreateCredentialsAndSessions1795300000002 } from './1795300000002-create-credentials-and-sessions.js';
export { CreateInvitationsMessagesAudit1795300000003 } from './1795300000003-create-invitations-messages-audit.js';
export { CreateOtpChallenges1795400000001 } from './1795400000001-create-otp-challenges.js';
export { ExtendMessagesForSms1795400000002 } from './1795400000002-extend-messages-for-sms.js';
export { CreateSecondFactors1795500000001 } from './1795500000001-create-second-factors.js';
export { CreateApiKeys1795500000002 } from './1795500000002-create-api-keys.js';
export { AddPoliciesAndAssignedAgents1795500000003 } from './1795500000003-add-policies-and-assigned-agents.js';
export { NestDepartments1795500000004 } from './1795500000004-nest-departments.js';
export { AddAccountDeletion1795500000005 } from './1795500000005-add-account-deletion.js';
export { IsolateTenants1795600000001 } from './1795600000001-isolate-tenants.js';
export { BoundRenewalsAndRecoveryCodes1795600000003 } from './1795600000003-bound-renewals-and-recovery-codes.js';
export { OpenChallengesWithoutCode2026112609200 } from './2026112609200-open-challenges-without-code.js';
export { FindActsOfAPersonInATenant2026112609210 } from './2026112609210-find-acts-of-a-person-in-a-tenant.js';
export { AddSessionSuccessors2026112609500 } from './2026112609500-add-session-successors.js';
export { CreateNextSigningKeys2026112609600 } from './2026112609600-create-next-signing-keys.js';
export { CreateEmailChanges2026112609601 } from './2026112609601-create-email-changes.js';
