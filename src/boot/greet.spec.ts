import { isLoopback } from './greet.js';

it.each(['127.0.0.1', '127.8.8.8', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
  'takes %s for this machine alone',
  (host) => expect(isLoopback(host)).toBe(true),
);

it.each([
  '0.0.0.0',
  '::',
  '192.168.1.10',
  '10.0.0.1',
  'fe80::1',
  'gatehouse.internal',
  'localhost.example.com',
])('takes %s for an address of the network', (host) => expect(isLoopback(host)).toBe(false));
