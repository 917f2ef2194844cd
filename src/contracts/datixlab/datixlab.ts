import { join } from 'node:path';
import type { Contract } from '../shared/contract.js';
import { DatixlabModule } from './datixlab.module.js';
import { ProblemRenderer } from './problems/problem-renderer.js';

export const datixlab = (publicUrl: string): Contract => ({
  name: 'datixlab',
  title: 'Datix Lab',
  description:
    'snake_case, ids with a prefix (TypeIDs: `user_…`, `org_…`, `key_…`), errors as RFC 9457 problem details. An access token ' +
    'is exchanged for the next one; there is no refresh token.',
  basePath: '/v1/auth',
  module: DatixlabModule,
  sections: [
    {
      name: 'Sign-in',
      description: 'Register an organisation and its administrator; get and renew an access token',
    },
    { name: 'User profile', description: 'Read and change your own data' },
    { name: 'API keys', description: 'Keys for programs that act for you' },
    { name: 'Two-factor authentication', description: 'A code in addition to the password' },
    { name: 'Account security', description: 'Change your password, sign out' },
  ],
  renderer: new ProblemRenderer(publicUrl),
  answers: join(import.meta.dirname, 'datixlab.answers.js'),
});
