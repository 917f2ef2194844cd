import { UsageError } from '../boot/run-command.js';
import { fromId } from '../common/pagination.js';
import { parseOrder } from './command.js';
import { COMMANDS } from './commands.js';
import { readPages, ROWS } from './pages.js';

const CURSOR = fromId('01988b6e-7c1f-7000-8000-000000000001').toString('base64url');

it.each([
  ['tenant list --limit 0', '--limit is a number from 1 to 100.'],
  ['tenant list --limit 101', '--limit is a number from 1 to 100.'],
  ['tenant list --limit 1e1', '--limit is a number from 1 to 100.'],
  ['tenant list --cursor x', '--cursor is the nextCursor of the page before.'],
  ['audit list --cursor x', '--cursor is the nextCursor of the page before.'],
  [`audit list --all --cursor ${CURSOR}`, '--all goes with neither --limit nor --cursor.'],
  ['tenant list --status gone', '--status is active or suspended.'],
  ['audit list --platform --tenant acme', '--platform does not go with --tenant.'],
  ['audit list --actor olga', '--actor is an id.'],
  ['audit list --action user.flown', 'There is no action user.flown'],
  ['audit list --since yesterday', '--since is a time'],
  ['key find sk_live_abc', 'It is: key find'],
  ['session revoke 1', 'session revoke wants --reason and --reference.'],
  ['export people.ndjson', 'export wants --reason and --reference.'],
])('%s is refused: %s', (line, reason) => {
  const parse = () => parseOrder(COMMANDS, line.split(' '));
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(reason);
});

it('reads every page with --all, and one without', async () => {
  const rows = Array.from({ length: 250 }, (_, n) => n);
  const asked: number[] = [];
  const read = ({ limit, after }: { limit: number; after: string | null }) => {
    asked.push(limit);
    const at = after === null ? 0 : Number.parseInt(after.slice(-3), 10);
    const nextCursor =
      at + limit < rows.length
        ? fromId(`01988b6e-7c1f-7000-8000-${String(at + limit).padStart(12, '0')}`).toString('base64url')
        : null;
    return Promise.resolve({ data: rows.slice(at, at + limit), nextCursor });
  };
  expect(await readPages({ all: true }, ROWS, read)).toEqual({ data: rows, nextCursor: null });
  const one = await readPages({ all: false, limit: '3' }, ROWS, read);
  expect(one.data).toEqual([0, 1, 2]);
  expect((await readPages({ all: false, limit: '3', cursor: one.nextCursor }, ROWS, read)).data).toEqual([
    3, 4, 5,
  ]);
  expect((await readPages({ all: false }, ROWS, read)).data).toHaveLength(20);
});
