import { CONTENTS } from './contents.js';
import { ORIGINS } from './origins.js';

export const MESSAGES = { name: 'messages', cases: [...ORIGINS, ...CONTENTS] };
