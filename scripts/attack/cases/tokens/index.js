import { FORGED } from './forged.js';
import { PLACED } from './placed.js';
import { REFRESH } from './refresh.js';
import { REVOCATION } from './revocation.js';
import { SERVICES } from './services.js';

export const TOKENS = {
  name: 'tokens',
  cases: [...FORGED, ...PLACED, ...REFRESH, ...REVOCATION, ...SERVICES],
};
