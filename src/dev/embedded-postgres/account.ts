import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { Layout } from './layout.js';

/** An unprivileged user of this machine, for a server that runs as root: PostgreSQL refuses to run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** `initdb` requires a user with a name, so an existing one is chosen rather than an unused number. */
const PREFERRED = ['postgres', '_postgres', 'nobody', 'daemon'];

/**
 * The user that PostgreSQL runs as; null means the user of this process. The owner of an existing cluster is kept, so
 * that the cluster stays readable when the list of users changes.
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

/** The usable entries of a passwd(5) file, most suitable first. */
export function parseAccounts(passwd: string): Account[] {
  const accounts = passwd.split('\n').flatMap((line): Account[] => {
    const [name = '', , uid, gid] = line.split(':');
    return PREFERRED.includes(name) && Number(uid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  return accounts.sort((a, b) => PREFERRED.indexOf(a.name) - PREFERRED.indexOf(b.name));
}

/** In a container, root may lack the right to change users (EPERM), or the user may not exist (EINVAL). */
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
