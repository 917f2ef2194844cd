import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Changelogs {
  versionsOf: (changelog: string) => string[];
  notesOf: (changelog: string, version?: string) => string | null;
  releaseChangelog: (changelog: string, version: string, date: string) => string;
}
type FindVersionFault = (version: string, before: { last?: string; breaks: boolean }) => string | null;

const load = async <Module>(path: string) => (await import(path)) as Module;
const { versionsOf, notesOf, releaseChangelog } = await load<Changelogs>(
  '../../scripts/release/changelog.js',
);
const { findVersionFault } = await load<{ findVersionFault: FindVersionFault }>(
  '../../scripts/release/version.js',
);

const CHANGELOG = readFileSync('CHANGELOG.md', 'utf8');
const versionIn = (path: string) =>
  (JSON.parse(readFileSync(path, 'utf8')) as { version?: string; info?: { version: string } }).version;

describe('the release', () => {
  const [newest = ''] = versionsOf(CHANGELOG);

  it('has one version wherever it stands', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      version: string;
      packages: Record<string, { version: string }>;
    };
    expect({
      manifest: versionIn('package.json'),
      lock: [lock.version, lock.packages['']?.version],
      client: versionIn('clients/typescript/package.json'),
    }).toEqual({ manifest: newest, lock: [newest, newest], client: newest });
    expect(newest).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each(['openapi', 'openapi/released'])(
    'is the version of the documents in %s, of every contract',
    (folder) => {
      const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
      expect(files).toEqual(
        expect.arrayContaining(['datixlab.json', 'katixo.json', 'platform.json', 'primary.json']),
      );
      for (const file of files) {
        const { info } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as {
          info: { version: string };
        };
        expect([file, info.version]).toEqual([file, newest]);
      }
    },
  );

  it('has notes, below what is not released', () => {
    expect(CHANGELOG.indexOf('## Unreleased')).toBeLessThan(CHANGELOG.indexOf(`## ${newest} - `));
    expect(notesOf(CHANGELOG)).not.toBeNull();
    const print = (...args: string[]) =>
      execFileSync(process.execPath, ['scripts/release/main.js', ...args], { encoding: 'utf8' });
    expect(print('--notes', newest).trim()).toBe(notesOf(CHANGELOG, newest));
    expect(notesOf(CHANGELOG, newest)).toMatch(/^### /m);
    expect(() => print('--notes', '99.0.0')).toThrow('CHANGELOG.md has no version 99.0.0');
    expect(() => print(newest)).toThrow(`${newest} is not above ${newest}`);
  });
});

describe('the changelog', () => {
  const before =
    '# Changelog\n\n## Unreleased\n\n### Fixed\n\n- This.\n\n## 0.1.0 - 2026-01-01\n\n- First.\n';

  it('gives the version to what was not released, and has an empty part above it', () => {
    const after = releaseChangelog(before, '0.2.0', '2026-02-03');
    expect(after).toContain('## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n### Fixed\n\n- This.\n\n## 0.1.0 - ');
    expect(versionsOf(after)).toEqual(['0.2.0', '0.1.0']);
    expect([notesOf(after), notesOf(after, '0.2.0'), notesOf(after, '0.1.0')]).toEqual([
      '',
      '### Fixed\n\n- This.',
      '- First.',
    ]);
  });

  it('knows no other version, and no part without its title', () => {
    expect([notesOf(before, '0.3.0'), notesOf('# Changelog\n\n## 0.1.0 - 2026-01-01\n\n- First.\n')]).toEqual(
      [null, null],
    );
  });
});

describe('the next version', () => {
  it.each([
    [undefined, '0.1.0', true],
    ['0.1.0', '0.1.1', false],
    ['0.1.0', '0.2.0', true],
    ['0.1.9', '0.1.10', false],
    ['0.1.0', '1.0.0', true],
    ['1.2.3', '1.3.0', false],
    ['1.2.3', '2.0.0', true],
  ])('after %s may be %s, with changes that break clients: %s', (last, version, breaks) => {
    expect(findVersionFault(version, { ...(last && { last }), breaks })).toBeNull();
  });

  it.each([
    ['0.1.0', '0.1.0', false, 'is not above 0.1.0'],
    ['0.2.0', '0.1.9', false, 'is not above 0.2.0'],
    ['0.1.0', '0.1.1', true, 'raise the second number of 0.1.0'],
    ['1.2.3', '1.3.0', true, 'raise the first number of 1.2.3'],
    ['0.1.0', 'v0.2.0', false, 'is no version'],
    ['0.1.0', '0.2', false, 'is no version'],
    ['0.1.0', '0.02.0', false, 'is no version'],
  ])('after %s may not be %s, with changes that break clients: %s', (last, version, breaks, fault) => {
    expect(findVersionFault(version, { last, breaks })).toContain(fault);
  });
});
