import { execFile } from 'node:child_process';
import { itLong } from '../support/long.js';

it('npm run bench sets up its data, with the built server', async () => {
  const arguments_ = ['test/bench/main.mjs', '--quick', '--only=none'];
  const [failure, said] = await new Promise<[Error | null, string]>((resolve) => {
    execFile(process.execPath, arguments_, (error, out, complaint) => resolve([error, out + complaint]));
  });
  expect([failure, said]).toEqual([null, expect.stringContaining('peak resident memory')]);
});

itLong('npm run bench:growth fills two databases, and measures a path of both', async () => {
  const sizes = ['--people=400', '--members=40', '--small=100'];
  const arguments_ = ['test/bench/growth/main.mjs', '--quick', '--only=rare role', ...sizes];
  const [failure, said] = await new Promise<[Error | null, string]>((resolve) => {
    execFile(process.execPath, arguments_, (error, out, complaint) => resolve([error, out + complaint]));
  });
  expect([failure, said]).toEqual([null, expect.stringMatching(/^members with a rare role( +[\d.]+){11}$/m)]);
});
