import { join } from 'node:path';
import type { Contract } from '../shared/contract.js';
import { EnvelopeRenderer } from './envelope/envelope-renderer.js';
import { KatixoModule } from './katixo.module.js';

export const katixo: Contract = {
  name: 'katixo',
  title: 'Katixo',
  description:
    'Phone first: every response has the envelope `{success, message, data, errors}`, roles are in capitals. ' +
    'Error responses have the usual HTTP status and a stable `code`.',
  basePath: '/api/v1',
  module: KatixoModule,
  sections: [
    {
      name: 'Sign-up by phone',
      description: 'Verify a phone with an OTP, and create an organisation',
    },
    { name: 'Sign-in', description: 'Get tokens for a password, and renew them' },
    { name: 'Organisations', description: 'Your organisations, and the active one' },
    { name: 'Team', description: 'Invite colleagues' },
    { name: 'Sign-out', description: 'End all sessions' },
    { name: 'Password recovery', description: 'How to set a new password without the old one' },
  ],
  renderer: new EnvelopeRenderer(),
  answers: join(import.meta.dirname, 'katixo.answers.js'),
};
