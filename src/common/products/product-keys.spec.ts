import { findKeyFault } from './product-keys.js';

describe('the key of a product', () => {
  it.each([
    'clinic',
    'a',
    'smile-clinic-2',
    'books',
    'platform-2',
    'operator-training',
    'deadbeef',
    'cafe-face',
  ])('may be %s', (key) => {
    expect(findKeyFault(key, 'primary')).toBeNull();
  });

  it.each(['primary', 'katixo', 'datixlab'] as const)('may be the contract that it speaks: %s', (name) => {
    expect(findKeyFault(name, name)).toBeNull();
  });

  it.each<[string, string]>([
    ['a UUID, which the tokens of service accounts have', 'a192f3a0-0000-7000-8000-000000000000'],
    ['a UUID that begins with a digit', '0192f3a0-0000-7000-8000-000000000000'],
    ['a UUID without hyphens', 'a192f3a0000070008000000000000000'],
    ['a UUID in capitals', 'A192F3A0-0000-7000-8000-000000000000'],
    ['a UUID with hyphens elsewhere', 'a192f3a000007000-8000000000000000'],
    ['a UUID in which each digit is apart', 'a-1-9-2-f3a0000070008000000000000000'],
  ])('may not be %s', (_, key) => {
    expect(findKeyFault(key, 'primary')).toMatch(/^ must have a name unlike an id.*Example: clinic\.json$/);
  });

  it.each(['https://books.example.com', 'urn:books', 'books.example.com', 'owner@example.com', 'books_2'])(
    'may be neither an issuer, an audience, an address nor another text that is no word: %s',
    (key) => {
      expect(findKeyFault(key, 'primary')).toMatch(/^ must have a lower-case word for a name/);
    },
  );

  it.each(['platform', 'operator', 'operators', 'gatehouse', 'api-key', 'service-account', 'constructor'])(
    'may not be a word of Gatehouse: %s',
    (key) => {
      expect(findKeyFault(key, 'primary')).toMatch(/^ must have a name that is no word of Gatehouse/);
    },
  );

  it('may not be the name of a contract that the product does not speak', () => {
    expect(findKeyFault('katixo', 'primary')).toMatch(/^ must have the \/contract of its name/);
    expect(findKeyFault('primary', 'datixlab')).toMatch(/Example: "primary"$/);
  });
});
