import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command, Order, Result } from './command.js';
import { ProgressBar } from './progress-bar.js';
import { peopleExport, peopleImport } from './services.js';

/** Moves people and tenants between systems. */
export const TRANSFER_COMMANDS: Command[] = [
  {
    usage: 'import <file>',
    summary: 'people and tenants of another system; --dry-run checks the file only (docs/import.md)',
    explained: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
    run: importFile,
    describe: ({ imported, present, refused, dryRun }) =>
      `${dryRun ? 'Would be imported' : 'Imported'}: ${Number(imported)}, present before: ${Number(present)}, refused: ${Number(refused)}.\n`,
  },
  {
    usage: 'export <file>',
    summary:
      'writes all tenants and active people into a new file that import reads; --with-secrets: with their hashes',
    explained: true,
    options: { 'with-secrets': { type: 'boolean', default: false } },
    run: exportFile,
    describe: ({ tenants, people }) => `Exported: ${Number(tenants)} tenants, ${Number(people)} people.\n`,
  },
];

/** Only its owner may read the file, which must not exist. The trail has the export before the file has a line. */
async function exportFile(
  app: INestApplicationContext,
  { operands: [path = ''], act, options }: Order,
): Promise<Result> {
  const counts = { tenants: 0, people: 0 };
  const withSecrets = options['with-secrets'] === true;
  const service = await peopleExport(app);
  const file = await open(path, 'wx', 0o600);
  try {
    const expected = await announced(() => service.announce(act, { withSecrets }), path);
    const bar = new ProgressBar(expected.tenants + expected.people);
    for await (const record of service.export({ withSecrets })) {
      counts[record.type === 'tenant' ? 'tenants' : 'people'] += 1;
      await file.write(`${JSON.stringify(record)}\n`);
      const { tenants, people } = counts;
      bar.show(tenants + people, `${tenants} tenants, ${people} people`);
    }
    bar.clear();
  } finally {
    await file.close();
  }
  return counts;
}

/** Removes the empty file if nothing may be written to it. */
async function announced<T>(announce: () => Promise<T>, path: string): Promise<T> {
  try {
    return await announce();
  } catch (error) {
    await rm(path);
    throw error;
  }
}

/** Exits with 1 if a line was refused. */
async function importFile(
  app: INestApplicationContext,
  { operands: [path = ''], act, options, json }: Order,
): Promise<Result> {
  const dryRun = options['dry-run'] === true;
  const counts = { imported: 0, present: 0, refused: 0 };
  const refusals: object[] = [];
  const bar = new ProgressBar((await stat(path)).size);
  const file = createReadStream(path) as AsyncIterable<Buffer>;
  for await (const { bytes, outcomes } of (await peopleImport(app)).import(file, { act, dryRun })) {
    for (const one of outcomes) {
      counts[one.outcome] += 1;
      if (one.outcome !== 'refused') continue;
      const { line, pointer, detail } = one;
      if (json) refusals.push({ line, pointer, detail });
      bar.clear();
      if (!json) process.stderr.write(`line ${line}: ${pointer === '' ? '' : `${pointer} `}${detail}\n`);
    }
    bar.show(bytes, `${counts.imported} imported, ${counts.present} present, ${counts.refused} refused`);
  }
  bar.clear();
  if (counts.refused > 0) process.exitCode = 1;
  return { dryRun, ...counts, ...(json && { refusals }) };
}
