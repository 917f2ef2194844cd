import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { fingerprint, typedDocument } = (await import(pathToFileURL('scripts/client-types.js').href)) as {
  typedDocument: (text: string) => {
    paths: Record<string, Record<string, { operationId?: string; responses?: object }>>;
    components: { schemas: Record<string, { properties?: object }> };
  };
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

  it('have in CHANGING every operation whose answer has a refresh token, for the session to keep', () => {
    const { components } = document;
    const text = JSON.stringify;
    const withToken = Object.entries(components.schemas)
      .filter(([, { properties = {} }]) => 'refreshToken' in properties && 'accessToken' in properties)
      .map(([name]) => `"#/components/schemas/${name}"`);
    const ids = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .filter(({ responses }) => withToken.some((name) => text(responses ?? {}).includes(name)))
      .map(({ operationId }) => operationId);
    const source = readFileSync('clients/typescript/src/client.ts', 'utf8');
    const [, list = ''] = /const CHANGING = \[(.*?)\] satisfies/s.exec(source) ?? [];
    const changing = [...list.matchAll(/'(\w+)'/g)].map(([, id]) => id);
    // The session carries that one out itself
    expect([...changing, 'refreshTokens'].sort()).toEqual(ids.sort());
  });

  it('come without a dependency at run time', () => {
    const manifest = JSON.parse(readFileSync('clients/typescript/package.json', 'utf8')) as object;
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
  });
});
