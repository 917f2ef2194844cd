import { readdirSync, readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';

/*
 * `npm run documents:lint`: Redocly's `recommended-strict` and Spectral's `spectral:oas` on every document in `openapi`.
 * Fails for a warning, too.
 */
const redocly = await createConfig({ extends: ['recommended-strict'] });
const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[oas, 'recommended']] });

let found = 0;
for (const file of readdirSync('openapi').filter((name) => name.endsWith('.json'))) {
  const path = `openapi/${file}`;
  const source = readFileSync(path, 'utf8');
  const problems = await lintFromString({ source, absoluteRef: `${process.cwd()}/${path}`, config: redocly });
  for (const { ruleId, severity, message, location } of problems)
    report(path, `redocly ${severity} ${ruleId}`, location[0]?.pointer, message);
  for (const { code, severity, message, path: at } of await linter.run(JSON.parse(source)))
    report(path, `spectral ${severity} ${code}`, at.join('/'), message);
}
process.stdout.write(`${found} findings of the OpenAPI linters\n`);
process.exitCode = found > 0 ? 1 : 0;

function report(path, rule, at, message) {
  found += 1;
  process.stdout.write(`${path} ${at}\n  ${rule}: ${message}\n`);
}
