import { ADDRESSES } from './addresses.js';
import { FIELDS } from './fields.js';
import { SHAPES } from './shapes.js';
import { SURFACE } from './surface.js';
import { WORK } from './work.js';

export const INPUT = { name: 'input', cases: [...SHAPES, ...FIELDS, ...ADDRESSES, ...SURFACE, ...WORK] };
