import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const CONTRACTS = 'src/contracts';
const REGISTER = join(CONTRACTS, 'contracts.ts');
const THIN_CONTRACTS = ['katixo', 'datixlab'];

/** None where the folder does not exist: a contract may be removed. */
const sources = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
    .filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
    .map((name) => join(folder, name));

/** The files of the project that a file imports. */
const imports = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)].map(([, path = '']) =>
    relative('.', join(dirname(file), `${path}.ts`)),
  );

describe.each(THIN_CONTRACTS)('the %s contract', (contract) => {
  const folder = join(CONTRACTS, contract);
  const own = sources(folder);
  const strangers = sources('src').filter((file) => !own.includes(file));

  it('is named in one place only, by one import: it can be removed with that', () => {
    const uses = strangers.flatMap((file) =>
      imports(file)
        .filter((imported) => imported.startsWith(`${folder}/`))
        .map((imported) => [file, imported]),
    );
    expect(uses).toEqual(own.length > 0 ? [[REGISTER, join(folder, `${contract}.ts`)]] : []);
  });

  it('contains no rule: nothing is injected into it except its own presentation classes', () => {
    const injectable = own.filter((file) => /@Injectable\(/.test(readFileSync(file, 'utf8')));
    expect(injectable.filter((file) => !file.endsWith('.interceptor.ts'))).toEqual([]);
  });

  it('calls the modules, and never the database', () => {
    const asked = new Set(own.flatMap(imports).filter((file) => !file.startsWith(`${folder}/`)));
    const allowed = /^src\/(access|common|contracts\/shared|modules)\//;
    expect([...asked].filter((file) => !allowed.test(file))).toEqual([]);
    expect([...asked].filter((file) => /entities|\.queries\.ts$/.test(file))).toEqual([]);
  });
});
