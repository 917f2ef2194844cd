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
      description: 'An organisation and its administrator; an access token, and the next one',
    },
    { name: 'User profile', description: 'What you may see and change of yourself' },
    { name: 'API keys', description: 'How programs act in your name' },
    { name: 'Two-factor authentication', description: 'A code besides the password' },
    { name: 'Account security', description: 'Your password, and the way out' },
  ],
  renderer: new ProblemRenderer(publicUrl),
});
