import { canaries } from './canaries/canaries.js';
import './matchers.js';

afterAll(() => canaries.assertNone());
