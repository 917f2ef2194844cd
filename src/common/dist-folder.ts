import { fileURLToPath } from 'node:url';

const FOLDER = '/dist/';

/** The folder of the built server, wherever the build has put this module in it. */
export function distFolder(): string {
  const url = import.meta.url;
  return fileURLToPath(url.slice(0, url.lastIndexOf(FOLDER) + FOLDER.length));
}
