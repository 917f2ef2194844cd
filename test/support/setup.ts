import './matchers.js';
import { canaries } from './canaries/canaries.js';
import { undocumentedProblems } from './undocumented-problems.js';

afterAll(() => canaries.assertNone());
afterAll(() => undocumentedProblems.assertNone());
