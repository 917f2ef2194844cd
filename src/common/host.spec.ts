import { hostOf, isLoopback, isUnboundHost } from './host.js';

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
    'accepts %s as this machine alone',
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
    '',
  ])('treats %j as an address of the network', (host) => expect(isLoopback(host)).toBe(false));
});

describe('hostOf', () => {
  it.each([
    ['example.com', 'example.com'],
    ['EXAMPLE.com:3000', 'example.com'],
    ['example.com.:3000', 'example.com'],
    ['127.0.0.1:3000', '127.0.0.1'],
    ['[::1]:3000', '::1'],
    ['[FE80::1]', 'fe80::1'],
    ['[::ffff:127.0.0.1]:3000', '::ffff:127.0.0.1'],
    ['my_machine.localhost', 'my_machine.localhost'],
  ])('reads from %s the host %s', (authority, host) => {
    expect(hostOf(authority)).toBe(host);
  });

  it.each([
    '',
    ':3000',
    '.',
    '..',
    'localhost..',
    'localhost:',
    'localhost:x',
    'localhost:3000:3000',
    'a@localhost',
    'evil.example@localhost:3000',
    'localhost/x',
    'localhost#',
    'localhost?',
    'localhost, evil.example',
    'localhost evil.example',
    ' localhost',
    '%6cocalhost',
    'ｌocalhost',
    '::1',
    '[::1',
    '[localhost]',
    '[127.0.0.1]',
    '[::1]evil.example',
    '[fe80::1%25eth0]',
    'a'.repeat(300),
  ])('finds no host in %j', (authority) => {
    const host = hostOf(authority);
    expect(host === null || !isUnboundHost(host)).toBe(true);
  });
});

describe('isUnboundHost', () => {
  it.each(['127.0.0.1', '192.168.1.10', '8.8.8.8', '::1', '2001:db8::1', 'localhost', 'gatehouse.localhost'])(
    'is %s',
    (host) => expect(isUnboundHost(host)).toBe(true),
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '017700000001',
    '127.0.0.1.',
    'localdomain',
    '',
  ])('is not %j', (host) => expect(isUnboundHost(host)).toBe(false));
});
