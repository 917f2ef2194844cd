import type { Section } from '../shared/contract.js';

/**
 * The order of the documentation, from registration to sign-out. Each section's examples use what the earlier ones
 * created.
 */
export const PRIMARY_SECTIONS: readonly Section[] = [
  { name: 'Sign-in', description: 'Register a company and its administrator; get and renew tokens' },
  { name: 'One-time codes', description: 'Sign in and sign up by phone' },
  { name: 'Profile', description: 'Read and change your own data' },
  { name: 'E-mail verification', description: 'Verify that an address is yours' },
  { name: 'Organisations', description: 'Your organisations, and the active one' },
  { name: 'Invitations', description: 'Invite colleagues' },
  // Before the colleague is removed: a person who leads other members could not delete their account here
  { name: 'Leaving', description: 'Export your data, delete your account, and restore it' },
  { name: 'Members', description: 'The members of your organisation and their roles' },
  { name: 'Roles', description: 'The permissions of your members' },
  {
    name: 'Departments',
    description: 'The department tree of your organisation, and the permissions of its departments',
  },
  { name: 'Teams', description: 'Groups of members across departments' },
  { name: 'Organisation settings', description: 'Its name and its policies' },
  { name: 'API keys', description: 'Keys for programs that act for you, with at most your permissions' },
  {
    name: 'Service accounts',
    description: 'Machine clients of your organisation, which act for no person',
  },
  { name: 'Authorization', description: 'Callers and their permissions, for the services behind Gatehouse' },
  { name: 'Audit trail', description: 'Who did what to whom, when and from where' },
  { name: 'Sessions', description: 'Your sessions' },
  { name: 'Two-factor authentication', description: 'A code in addition to the password' },
  { name: 'Account security', description: 'Change your password, sign out' },
  { name: 'Recovery', description: 'How to set a new password without the old one' },
];
