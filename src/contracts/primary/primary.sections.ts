import type { Section } from '../shared/contract.js';

/**
 * The order of the documentation, from registration to sign-out. Each section's examples use what the earlier ones
 * created.
 */
export const PRIMARY_SECTIONS: readonly Section[] = [
  { name: 'Sign-in', description: 'A company and its administrator; tokens, and new ones for old' },
  { name: 'One-time codes', description: 'Signing in and up by phone' },
  { name: 'Profile', description: 'What you may see and change of yourself' },
  { name: 'E-mail verification', description: 'Proving that an address is yours' },
  { name: 'Organisations', description: 'Those you work in, and the one you work in now' },
  { name: 'Invitations', description: 'How colleagues join' },
  // Before the colleague is removed: a person who leads other members could not delete their account here
  { name: 'Leaving', description: 'Export of your data, deletion of your account, and its restoration' },
  { name: 'Members', description: 'Who works in your organisation, and as what' },
  { name: 'Roles', description: 'What your members may do' },
  { name: 'Departments', description: 'The tree your organisation is built as, and the rights of its parts' },
  { name: 'Teams', description: 'Who works together, across the departments' },
  { name: 'Organisation settings', description: 'Its name and its policies' },
  { name: 'API keys', description: 'How programs act in your name, within what you may' },
  { name: 'Authorization', description: 'Who calls and what they may, for the services behind Gatehouse' },
  { name: 'Audit trail', description: 'Who did what to whom, when and from where' },
  { name: 'Sessions', description: 'Where you are signed in' },
  { name: 'Two-factor authentication', description: 'A code besides the password' },
  { name: 'Account security', description: 'Your password, and the way out' },
  { name: 'Recovery', description: 'How to set a new password without the old one' },
];
