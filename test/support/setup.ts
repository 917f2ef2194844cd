import './matchers.js';
import { canaries } from './canaries/canaries.js';
import { documentedAnswers } from './documented-answers.js';

afterAll(() => canaries.assertNone());
afterAll(() => documentedAnswers.assertAll());
