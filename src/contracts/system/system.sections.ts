import type { Section } from '../shared/contract.js';

export const SYSTEM_SECTIONS: readonly Section[] = [
  { name: 'OAuth', description: 'Access tokens for service accounts' },
  { name: 'Service', description: 'Health, signing keys, and the meaning of error codes' },
];
