import { expect, test } from '@playwright/test';
import { Gatehouse } from '../gatehouse.js';
import { testsFor } from './all.js';

test.beforeEach(({ request }) => new Gatehouse(request).reset());

for (const [title, run] of Object.entries(testsFor(expect))) {
  // Playwright reads the names of the fixtures from the parameters
  test(title, ({ request, page }) => run({ request, page }));
}
