import { addressBlock, isInBlockOf } from './request-origin.js';

describe('addressBlock', () => {
  it.each([
    ['198.51.100.4', '198.51.100.4'],
    ['::ffff:198.51.100.4', '198.51.100.4'],
    ['::FFFF:c633:6404', '198.51.100.4'],
    ['0:0:0:0:0:ffff:c633:6404', '198.51.100.4'],
    ['2001:db8:7:8::1', '2001:db8:7:8::/64'],
    ['2001:0DB8:0007:0008:0000:0000:0000:00FF', '2001:db8:7:8::/64'],
    ['2001:db8::7:8:9:a', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::198.51.100.4', '64:ff9b::c633:6404'],
    ['64:ff9b:1::1', '64:ff9b:1:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('of %j is %j', (address, block) => expect(addressBlock(address)).toBe(block));

  it('keeps clients behind a translator apart from each other, and from the IPv4 addresses that it names', () => {
    const clients = ['64:ff9b::c633:6404', '64:ff9b::c633:6405', '198.51.100.4', '198.51.100.5'];
    expect(new Set(clients.map(addressBlock)).size).toBe(4);
    expect(isInBlockOf(['64:FF9B:0::198.51.100.4'], '64:ff9b::c633:6404')).toBe(true);
  });
});
