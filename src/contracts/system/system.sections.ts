import type { Section } from '../shared/contract.js';

export const SYSTEM_SECTIONS: readonly Section[] = [
  { name: 'Service', description: 'Health, signing keys, and what the error codes mean' },
];
