import type { Contract } from '../shared/contract.js';
import { EnvelopeRenderer } from './envelope/envelope-renderer.js';
import { KatixoModule } from './katixo.module.js';

export const katixo: Contract = {
  name: 'katixo',
  title: 'Katixo',
  description:
    'Phone first: every answer in the envelope `{success, message, data, errors}`, roles in capitals. Refusals have ' +
    'their true HTTP status and a stable `code`.',
  basePath: '/api/v1',
  module: KatixoModule,
  sections: [
    {
      name: 'Sign-up by phone',
      description: 'A phone proves itself with an OTP, and founds an organisation',
    },
    { name: 'Sign-in', description: 'Tokens for a password, new ones for old, and the way out' },
    { name: 'Organisations', description: 'Those you work in, and the one you work in now' },
    { name: 'Team', description: 'How colleagues join' },
    { name: 'Password recovery', description: 'How to set a new password without the old one' },
  ],
  renderer: new EnvelopeRenderer(),
};
