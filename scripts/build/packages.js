/** The framework asks for these by name, too: each must exist once. The last reads files of its own. */
const LEFT_OUT = ['class-transformer', 'class-validator', 'ioredis'];
const PACKAGE = /^[^./]/;

/** Packages are bundled, but for those, for what is loaded when it is first needed, and for what is not installed. */
export const packages = {
  name: 'packages',
  setup({ initialOptions, onResolve, resolve }) {
    initialOptions.external = LEFT_OUT;
    onResolve({ filter: PACKAGE }, async ({ path, pluginData, kind, importer, resolveDir }) => {
      if (pluginData === 'asked' || path.startsWith('node:')) return undefined;
      if (kind === 'dynamic-import') return { path, external: true };
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: 'asked' });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};
