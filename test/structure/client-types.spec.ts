import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { fingerprint, typedDocument } = (await import(pathToFileURL('scripts/client-types.js').href)) as {
  typedDocument: (text: string) => { paths: Record<string, Record<string, { operationId?: string }>> };
  fingerprint: (document: unknown) => string;
};
const document = typedDocument(readFileSync('openapi/primary.json', 'utf8'));
const generated = (name: string) => readFileSync(`clients/typescript/src/generated/${name}.ts`, 'utf8');

describe('the types of the TypeScript client', () => {
  it.each(['types', 'routes'])(
    'are of the present document (%s): else run `npm run client:types`',
    (name) => {
      expect(generated(name).split('\n')[0]).toContain(fingerprint(document));
    },
  );

  it('have a route for each operation', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).flatMap(({ operationId }) => operationId ?? []),
    );
    for (const id of ids) expect(generated('routes')).toContain(`\n  ${id}: [`);
    expect(ids.length).toBeGreaterThan(80);
  });

  it('come without a dependency at run time', () => {
    const manifest = JSON.parse(readFileSync('clients/typescript/package.json', 'utf8')) as object;
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
  });
});
