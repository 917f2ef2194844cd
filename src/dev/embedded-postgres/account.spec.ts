import { parseAccounts } from './account.js';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
`;

describe('parseAccounts', () => {
  it('offers unprivileged system users, the one meant for databases first', () => {
    expect(parseAccounts(PASSWD)).toEqual([
      { name: 'postgres', uid: 101, gid: 104 },
      { name: 'nobody', uid: 65534, gid: 65534 },
      { name: 'daemon', uid: 1, gid: 1 },
    ]);
  });

  it('never offers root under another name', () => {
    expect(parseAccounts('postgres:x:0:0::/:/bin/sh\nnobody:*::0::/:\n')).toEqual([]);
  });
});
