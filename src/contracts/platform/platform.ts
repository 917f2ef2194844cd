import { join } from 'node:path';
import type { Contract } from '../shared/contract.js';
import { ProblemDetails } from '../shared/problem-details.js';
import { PlatformModule } from './platform.module.js';

export const PLATFORM = 'platform';

/** For operators of the service. No other credential reaches it, and an operator's reaches nothing else. */
export const platform = (publicUrl: string): Contract => ({
  name: PLATFORM,
  title: 'Platform',
  description:
    'For operators of the service, who belong to no tenant: camelCase, bare objects, errors as RFC 9457 problem details. Every act ' +
    'takes a `reason`, for the operators’ audit trail, and a `reference`, which the tenants concerned see in theirs. Acts hold at ' +
    'once, on every server, and the people concerned are told.',
  basePath: '/platform',
  module: PlatformModule,
  sections: [
    { name: 'Operator', description: 'Set up an operator’s password and authenticator, sign in, sign out' },
    { name: 'Overview', description: 'The service at a glance' },
    { name: 'Tenants', description: 'Find tenants; suspend, restore and delete them' },
    { name: 'People', description: 'Find people; block, sign out and help them' },
    { name: 'Sessions and keys', description: 'Find and end single credentials' },
    { name: 'Messages', description: 'What became of messages, never what they say' },
    { name: 'Audit trail', description: 'The events of all tenants, and those of operators' },
    { name: 'Limits', description: 'See and lift what slows guesses down' },
  ],
  renderer: new ProblemDetails(publicUrl),
  answers: join(import.meta.dirname, 'platform.answers.js'),
});
