import { transformFile } from '@swc/core';

/** Our own sources go through swc, which writes the metadata by which dependencies are injected (`.swcrc`). */
export const decorators = {
  name: 'decorators',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await transformFile(path, { sourceMaps: 'inline' });
      return { contents: code, loader: 'js' };
    });
  },
};
