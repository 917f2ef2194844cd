import { exitOnFailure } from './boot/exit-on-failure.js';

/** The programs of this bundle, by name; each is loaded when it is run. */
const PROGRAMS = {
  main: () => import('./main.js'),
  migrate: () => import('./migrate.js'),
  openapi: () => import('./openapi.js'),
  'signing-keys': () => import('./signing-keys.js'),
};

export function runProgram(name: keyof typeof PROGRAMS): Promise<void> {
  return exitOnFailure(async () => (await PROGRAMS[name]()).run());
}

/** Loads the modules of a server start, as far as possible without a database. */
export async function warmUp(): Promise<void> {
  await PROGRAMS.main();
  const { render } = await PROGRAMS.openapi();
  await render();
}
