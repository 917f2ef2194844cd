import { parseArgs } from 'node:util';
import { compareWithRelease } from './compare-with-release.js';

/*
 * `npm run documents:changes`: prints how the documents differ from those of the last release, and fails for a change
 * that breaks clients unless the changelog names it, under "Unreleased", as it is printed here.
 */
const { values } = parseArgs({
  options: {
    released: { type: 'string', default: 'openapi/released' },
    documents: { type: 'string', default: 'openapi' },
    changelog: { type: 'string', default: 'CHANGELOG.md' },
  },
});
const { lines, unnamed } = compareWithRelease(values);
for (const line of lines) process.stdout.write(`${line}\n`);
if (unnamed > 0)
  process.stdout.write(
    `${unnamed} breaking changes: undo them, or copy their lines into ${values.changelog}, under "Unreleased".\n`,
  );
process.exitCode = unnamed > 0 ? 1 : 0;
