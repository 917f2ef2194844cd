#!/usr/bin/env node
import './boot/environment-file.js';
import 'reflect-metadata';
import { loadForCommand } from './boot/load-environment.js';
import type { OperatorTools } from './boot/operator-tools.js';
import { EX_USAGE, runCommand } from './boot/run-command.js';
import type { Config } from './config/config.js';
import type { Progress } from './modules/rekeying/rekeying.service.js';

const HELP = `Usage: npm run rekey [-- --forget | --lost <id>...]

Encrypts what is stored under SECRET_KEY, and prints what is still under another key. Servers may run.

  --forget         forgets the other keys at once, when nothing is left under them: for a key that has leaked. Sessions
                   that were not refreshed since the last server stopped using it end
  --lost <id>...   the keys with these ids are lost; SECRET_KEY is a new one. Stop every server first. All sessions,
                   links, codes and second factors end, and so does the password of everybody who had a second factor

Works on DATABASE_URL with SECRET_KEY, SECRET_KEY_NEXT and SECRET_KEY_PREVIOUS. After an interruption, run it again.
Exit codes: 0 success, 1 refused, failed, or something is left, ${EX_USAGE} wrong arguments, 78 wrong configuration.
docs/secret-key.md describes the rotation.
`;

type Command = (tools: OperatorTools, config: Config) => Promise<void>;

/** Returns null if the arguments are invalid. */
function parse([option, ...ids]: string[]): Command | null {
  if (option === '--lost' && ids.length > 0) return (tools) => replaceLost(tools, ids);
  if (ids.length > 0) return null;
  if (option === undefined) return (tools, config) => rekey(tools, config, false);
  return option === '--forget' ? (tools, config) => rekey(tools, config, true) : null;
}

async function rekey(tools: OperatorTools, config: Config, forgets: boolean): Promise<void> {
  await tools.secretKeys.onModuleInit();
  for await (const progress of tools.rekeying.rekey()) print(progress);
  const remaining = [...(await tools.rekeying.countRemaining())].filter(([, count]) => count > 0);
  for (const [purpose, count] of remaining) process.stdout.write(`Under another key: ${purpose}: ${count}\n`);
  if (remaining.length > 0) return refuse('Something is left under another key: see above.');
  process.stdout.write('Everything is encrypted under SECRET_KEY.\n');
  await forgetOthers(tools, config, forgets);
}

/** What other keys have signed expires by itself, and cannot be counted. */
async function forgetOthers(
  { secretKeys, keyring }: OperatorTools,
  { REFRESH_IDLE_SECONDS: idleSeconds }: Config,
  forgets: boolean,
): Promise<void> {
  const others = (await secretKeys.list()).filter(({ id }) => id !== keyring.currentId);
  if (others.length === 0) return;
  const lastUsed = Math.max(...others.map(({ lastUsedAt }) => lastUsedAt.getTime()));
  const until = new Date(lastUsed + (idleSeconds + REPORTS_SECONDS) * 1000);
  const ids = others.map(({ id }) => id).join(', ');
  if (!forgets && until > new Date()) {
    process.stdout.write(
      `A server used the key ${ids} at ${new Date(lastUsed).toISOString()}. Sessions that were not refreshed since ` +
        `depend on it: keep SECRET_KEY_PREVIOUS until ${until.toISOString()}, and run this again then.\n`,
    );
    return;
  }
  await secretKeys.forgetOthers();
  process.stdout.write(`The key ${ids} is forgotten: remove SECRET_KEY_PREVIOUS.\n`);
}

/** A server reports every ten minutes that it uses its key. */
const REPORTS_SECONDS = 600;

async function replaceLost(
  { secretKeys, keyring, revocation }: OperatorTools,
  lost: string[],
): Promise<void> {
  const known = (await secretKeys.list()).map(({ id }) => id);
  if (known.some((id) => keyring.ids.includes(id)))
    return refuse('Nothing is lost: SECRET_KEY opens the secrets of this database.');
  if (known.length === 0 || known.toSorted().join() !== lost.toSorted().join())
    return refuse(`The secrets of this database are encrypted under: ${known.join(' ')}. Name these keys.`);
  const ended = await revocation.revoke({
    before: 'now',
    reason: 'secret_key_lost',
    further: ['second_factors'],
    // They do not depend on SECRET_KEY; an invitation can be sent again
    except: ['api_keys', 'invitations'],
  });
  await secretKeys.replaceAll();
  const lines = Object.entries(ended).map(([kind, rows]) => `  ${kind.padEnd(22)} ${rows}\n`);
  process.stdout.write(`Ended:\n${lines.join('')}The database uses the new SECRET_KEY: start the servers.\n`);
}

function print({ purpose, read, reencrypted, unreadable }: Progress): void {
  const left = unreadable > 0 ? `, ${unreadable} that no key here opens` : '';
  process.stdout.write(`${purpose}: ${read} read, ${reencrypted} encrypted again${left}\n`);
}

function refuse(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}

/** `npm run rekey`: the last step of a rotation of SECRET_KEY, or the way on without it. */
await runCommand(HELP, parse, async (command) => {
  const config = loadForCommand();
  const { withOperatorTools } = await import('./boot/operator-tools.js');
  await withOperatorTools(config, (tools) => command(tools, config));
});
