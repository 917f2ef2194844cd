import { canonicalAddress, formatNetwork, isWithin, parseNetwork } from './network.js';

const canonical = (text: string): string | null => {
  const network = parseNetwork(text);
  return network && formatNetwork(network);
};
const allows = (list: string[], origin: string): boolean =>
  isWithin(
    list.flatMap((text) => parseNetwork(text) ?? []),
    origin,
  );

describe('parseNetwork', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8:0:0:0:0:0:0/32'],
    ['::1', '0:0:0:0:0:0:0:1/128'],
    ['::/0', '0:0:0:0:0:0:0:0/0'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0:0:0:c000:221/128'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:a00:1', '10.0.0.1/32'],
  ])('reads %s as %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    '',
    '/',
    '/8',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/8.0',
    '10.0.0/8',
    '010.0.0.0/8',
    '2001:db8::1/32',
    '2001:db8::/129',
    'fe80::1%eth0',
    '::ffff:10.0.0.1/96',
    '1::2::3',
    'localhost',
    'example.com',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '0x7f.1',
  ])('refuses %j', (text) => {
    expect(canonical(text)).toBeNull();
  });
});

describe('isWithin', () => {
  it.each([
    [['203.0.113.7'], '203.0.113.7', true],
    [['203.0.113.7'], '203.0.113.8', false],
    [['203.0.113.7'], '::ffff:203.0.113.7', true],
    [['203.0.113.7'], '::ffff:cb00:7107', true],
    [['::ffff:203.0.113.7'], '203.0.113.7', true],
    [['10.0.0.0/8'], '10.255.255.255', true],
    [['10.0.0.0/8'], '11.0.0.0', false],
    [['0.0.0.0/0'], '198.51.100.1', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['::/0'], '198.51.100.1', false],
    [['2001:db8::/32'], '2001:db8:ffff::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['198.51.100.4'], '64:ff9b::c633:6404', false],
    [['64:ff9b::c633:6404'], '64:ff9b::198.51.100.4', true],
    [['10.0.0.0/8'], '10.0.0.0/8', false],
    [['10.0.0.0/8', '192.0.2.0/24'], '192.0.2.9', true],
    [[], '10.0.0.1', false],
    [['0.0.0.0/0', '::/0'], '', false],
    [['0.0.0.0/0', '::/0'], 'unknown', false],
  ])('%j contains %s: %s', (list, origin, expected) => {
    expect(allows(list, origin)).toBe(expected);
  });
});

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.200', '192.0.2.200'],
    ['::ffff:192.0.2.200', '192.0.2.200'],
    ['::FFFF:C000:02C8', '192.0.2.200'],
    ['0:0:0:0:0:FFFF:192.0.2.200', '192.0.2.200'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0000', '2001:db8::'],
    ['FE80::0A%12', 'fe80::a'],
    ['::', '::'],
    ['64:ff9b::192.0.2.200', '64:ff9b::c000:2c8'],
    ['192.000.002.200', null],
    ['192.0.2', null],
    ['192.0.2.200/32', null],
    ['2001:db8::/64', null],
    ['[::1]', null],
    ['localhost', null],
    ['', null],
  ])('of %j is %j', (text, address) => expect(canonicalAddress(text)).toBe(address));

  it('is the same when it is read again', () => {
    for (const text of ['::FFFF:C000:02C8', '2001:DB8::0:1', '64:ff9b::192.0.2.200']) {
      const once = canonicalAddress(text) ?? '';
      expect(canonicalAddress(once)).toBe(once);
    }
  });
});
