import { readFile } from 'node:fs/promises';

const PACKAGE = /^[^./]/;
/** Makes buffers in a way that Node warns of wherever it is not a package's. */
const LEFT_OUT = ['speakeasy'];
/** Asks for the validator through a `require` of its own, which no bundle sees: there would be two of them. */
const MAPPED_TYPES = /[\\/]mapped-types[\\/]dist[\\/]type-helpers\.utils\.js$/;
const IN_A_PACKAGE = /[\\/]node_modules[\\/]/;
const OWN_REQUIRE = 'const require = createRequire(import.meta.url);';

/** Packages are bundled, but for that, for what our own sources load when it is first needed, and what is not installed. */
export const packages = {
  name: 'packages',
  setup({ initialOptions, onLoad, onResolve, resolve }) {
    initialOptions.external = LEFT_OUT;
    onResolve({ filter: PACKAGE }, async ({ path, pluginData, kind, importer, resolveDir }) => {
      if (pluginData === 'asked' || path.startsWith('node:')) return undefined;
      if (kind === 'dynamic-import' && !IN_A_PACKAGE.test(importer)) return { path, external: true };
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: 'asked' });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
    onLoad({ filter: MAPPED_TYPES }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      if (!code.includes(OWN_REQUIRE)) throw new Error(`How does ${path} load the validator?`);
      return { contents: code.replace(OWN_REQUIRE, '') };
    });
  },
};
