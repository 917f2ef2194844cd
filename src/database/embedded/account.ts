import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { Layout } from './layout.js';

/** An unprivileged user of this machine, for a server that runs as root: PostgreSQL refuses to be root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** `initdb` wants a user that has a name, so one is picked that exists rather than an unused number. */
const PREFERRED = ['postgres', '_postgres', 'nobody', 'daemon'];

/**
 * Whom PostgreSQL runs as; null means as ourselves. An existing cluster decides by its owner, so that it stays
 * readable for its server when the list of users changes.
 */
export function chooseAccount(layout: Layout): Account | null {
  const owner = statSync(layout.cluster, { throwIfNoEntry: false });
  const self = process.geteuid?.();
  if (self !== 0) {
    if (owner && owner.uid !== self) throw belongsToAnother(layout, owner.uid);
    return null;
  }
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };

  const account = parseAccounts(readFileSync('/etc/passwd', 'utf8')).find(canBecome);
  if (!account) throw noAccount();
  if (owner && readdirSync(layout.cluster).length > 0) throw belongsToRoot(layout, account);
  return account;
}

/** The usable entries of a passwd(5) file, best first. */
export function parseAccounts(passwd: string): Account[] {
  const accounts = passwd.split('\n').flatMap((line): Account[] => {
    const [name = '', , uid, gid] = line.split(':');
    return PREFERRED.includes(name) && Number(uid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  return accounts.sort((a, b) => PREFERRED.indexOf(a.name) - PREFERRED.indexOf(b.name));
}

/** Root of a container may lack the right to change users (EPERM), or the container that user (EINVAL). */
function canBecome({ uid, gid }: Account): boolean {
  const { error } = spawnSync('/bin/sh', ['-c', ':'], { cwd: '/', uid, gid, stdio: 'ignore' });
  return !['EPERM', 'EINVAL'].includes((error as NodeJS.ErrnoException)?.code ?? '');
}

function belongsToAnother(layout: Layout, uid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded database in ${layout.cluster} belongs to another user (uid ${uid}); most likely root started ` +
      'it first. Run as that user or as root, or choose another DATA_DIR or DATABASE_URL.',
  );
}

function belongsToRoot(layout: Layout, account: Account): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded database in ${layout.cluster} belongs to root, and PostgreSQL refuses to run as root. ` +
      `Give it to the user it will run as: chown -R ${account.uid}:${account.gid} '${layout.cluster}'`,
  );
}

function noAccount(): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and none of the users ${PREFERRED.join(', ')} can be used instead. ` +
      'Start the server as an ordinary user, or set DATABASE_URL.',
  );
}
