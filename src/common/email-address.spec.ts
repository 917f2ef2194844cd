import addressparser from 'nodemailer/lib/addressparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import { canonicalDomain, canonicalEmail } from './email-address.js';

describe('canonicalEmail', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace+x@EXAMPLE.com\n', 'ada.lovelace+x@example.com'],
    ['ａｄａ＠example．com', 'ada@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@faß.de', 'ada@xn--fa-hia.de'],
    ['JÖRG@example.com', 'jörg@example.com'],
    ['अदा@example.com', 'अदा@example.com'],
    ["o'hara/x=y!#$%&*?^_`{|}~-@example.com", "o'hara/x=y!#$%&*?^_`{|}~-@example.com"],
    ['root@localhost', 'root@localhost'],
    ['a@1and1.com', 'a@1and1.com'],
    ['a@x.0xyz', 'a@x.0xyz'],
    ['a@ab--cd.com', 'a@ab--cd.com'],
    [`${'a'.repeat(64)}@${'b'.repeat(63)}.com`, `${'a'.repeat(64)}@${'b'.repeat(63)}.com`],
  ])('turns %j into %s', (input, address) => {
    expect(canonicalEmail(input)).toBe(address);
    expect(canonicalEmail(address)).toBe(address);
  });

  it.each([
    ['', 'a', '@', 'a@', '@x.com', 'a@b@c', 'a@b@x.com', 'a@@x.com', 'a＠b@x.com', 'a b@x.com', 'a@x .com'],
    // A quoted string, a comment, a list, a name
    ['"a<b"@x.com', '"a"@x.com', '"a b"@x.com', '"a@b"@x.com', 'a\\@b@x.com', 'a(b)@x.com', 'a@x.com(b)'],
    [
      '<a@x.com>',
      'Ada <a@x.com>',
      'a@x.com,b@x.com',
      'a@x.com;b@x.com',
      'g:a@x.com;',
      'a<b@x.com',
      'a:b@x.com',
    ],
    // RFC 2047 would read another local part
    ['=?utf-8?q?=61?=@x.com', '=?x?=b@x.com', 'a=?b@x.com'],
    [
      '.a@x.com',
      'a.@x.com',
      'a..b@x.com',
      'a@.x.com',
      'a@x.com.',
      'a@x..com',
      'a@x.com..',
      'a@.',
      'a@x.com。',
    ],
    // Characters with another meaning in a URL
    [
      'a@x.com/evil',
      'a@x.com\\evil',
      'a@x.com?q',
      'a@x.com#q',
      'a@x.com:25',
      'a@%61.com',
      'a@x%2ecom',
      'a@u:p@x.com',
    ],
    [
      'a@[127.0.0.1]',
      'a@[IPv6:::1]',
      'a@127.0.0.1',
      'a@127.1',
      'a@0x7f.1',
      'a@0x7f000001',
      'a@2130706433',
      'a@x.1',
    ],
    ['a@１２７.0.0.1', 'a@𝟏27.0.0.1', 'a@①②⑦.1', 'a@0177.1', 'a@x.0x', 'a@x.0xff', 'a@1'],
    [
      'a@-x.com',
      'a@x-.com',
      'a@x.-com',
      'a@x_y.com',
      'a@x!.com',
      'a@x+y.com',
      'a@x*.com',
      'a@☃.net',
      'a@xn--n3h.net',
    ],
    // Labels that decode to nothing valid
    [
      'a@xn--.com',
      'a@xn--a.com',
      'a@xn--zzzzzz.com',
      'a@xn--bcher-.com',
      'a@xn--bcher-kvaé.com',
      'a@xn--abc-.com',
    ],
    [
      'a\u0000b@x.com',
      'a\r\nBcc:b@x.com',
      'a@x.com\r\nBcc: b@y.com',
      'a@x\u007f.com',
      'a\u0085b@x.com',
      'a@x\t.com',
    ],
    ['a\u200bb@x.com', '\ufeffa@x.com', 'a@x.com\u200b', 'a@x\u200d.com', 'a@x\u00ad.com', 'a\u2060@x.com'],
    [
      'a\u202eb@x.com',
      'a@x\u2066.com',
      'a\u061c@x.com',
      'a\u034fb@x.com',
      'a\u3164@x.com',
      'a@x\ufe0f.com',
      'a\u{e0101}@x.com',
    ],
    [
      'a😀@x.com',
      'a\ue000@x.com',
      'a\ud800@x.com',
      '\u0301a@x.com',
      'a.\u0301@x.com',
      'a@\u0301x.com',
      'a\u2028@x.com',
    ],
    [
      `${'a'.repeat(65)}@x.com`,
      `${'ä'.repeat(33)}@x.com`,
      `a@${'b'.repeat(64)}.com`,
      `a@${'b.'.repeat(126)}com`,
    ],
    [
      `a@${'ü'.repeat(60)}.com`,
      `${'a'.repeat(321)}@x.com`,
      `${'\ufdfa'.repeat(100)}@x.com`,
      `a@${'中'.repeat(99)}.com`,
      // Refused without an error: the length is checked before any work that grows with it
      `a@${'中'.repeat(33_000)}.com`,
      `${'\ufdfa'.repeat(33_000)}@x.com`,
    ],
  ])('refuses %j, %j …', (...inputs) => {
    expect(inputs.filter((input) => canonicalEmail(input) !== null)).toEqual([]);
  });

  /** A linear congruential generator (Numerical Recipes): the same addresses in each run. */
  const generator = (seed: number) => () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };

  it('accepts only what is delivered to exactly that address, and does not change an address that it returned', async () => {
    const random = generator(11);
    const pieces = [...PIECES, ...Array.from({ length: 0x80 }, (_, code) => String.fromCodePoint(code))];
    const pick = () => pieces[Math.floor(random() * pieces.length)] ?? '';
    const part = (typical: string[]) => {
      const length = 1 + Math.floor(random() * 5);
      const piece = () => (random() < 0.75 ? (typical[Math.floor(random() * typical.length)] ?? '') : pick());
      return Array.from({ length }, piece).join('');
    };
    const admitted = new Map<string, string>();
    for (let round = 0; round < 20_000; round += 1) {
      const at = random() < 0.95 ? '@' : pick();
      const input = `${part(LOCAL)}${at}${part(HOST)}${random() < 0.6 ? '.com' : ''}`;
      const address = canonicalEmail(input);
      if (address !== null) admitted.set(input, address);
    }
    const wrong: unknown[] = [];
    for (const [input, address] of admitted) {
      const [parsed, ...more] = addressparser(address);
      const envelope = await sentTo(address);
      const isPlain = /^\p{ASCII}*$/u.test(address);
      const holds =
        canonicalEmail(address) === address &&
        input.normalize('NFKC').toLowerCase().trim().split('@')[0]?.normalize('NFKC') ===
          address.split('@')[0] &&
        (parsed as { address?: string } | undefined)?.address === address &&
        more.length === 0 &&
        envelope.length === 1 &&
        canonicalEmail(envelope[0] ?? '') === address &&
        (!isPlain || envelope[0] === address);
      if (!holds) wrong.push([input, address, parsed, envelope]);
    }
    expect(wrong).toEqual([]);
    expect(admitted.size).toBeGreaterThan(3_000);
  });
});

const LOCAL = [
  'a',
  'B',
  '7',
  '.',
  '+',
  '-',
  '_',
  'ada',
  'É',
  'ü',
  'ß',
  'ﬁ',
  '中',
  'अ',
  'İ',
  'Σ',
  'ς',
  '=',
  '?',
  '%',
  '/',
];
const HOST = [
  'a',
  'B',
  '7',
  '.',
  '-',
  'x',
  'xn--',
  'bcher-kva',
  'ü',
  'ß',
  '中',
  '。',
  'É',
  'com',
  '0x7',
  '127',
  'ﬁ',
  'א',
  'अ',
  '١',
];
const PIECES = [
  ...[
    '@',
    '＠',
    '"',
    '<',
    '>',
    '(',
    ')',
    ',',
    ';',
    ':',
    '\\',
    '[',
    ']',
    '%61',
    '=?',
    '?=',
    'xn--',
    '\r\n',
    '\u0000',
  ],
  ...[
    '\u200b',
    '\u200d',
    '\u202e',
    '\ufeff',
    '\u00ad',
    '\u034f',
    '\ufe0f',
    '\u0301',
    '\u3002',
    '\uff0e',
    '\u2024',
    '℀',
  ],
  ...[
    '\ufdfa',
    '１２７',
    '𝟏',
    '①',
    '\ud800',
    '😀',
    '☃',
    '\u1e9e',
    '\u0130',
    '\u212a',
    '\u017f',
    '\u0345',
    '\u1fbc',
    '\ua7ae',
  ],
];

/** The envelope that nodemailer makes for the mail transport. */
async function sentTo(address: string): Promise<string[]> {
  const composer = new MailComposer({ from: 'x@y.example', to: { name: '', address }, text: 'x' });
  return [(composer.compile().getEnvelope() as { to: string[] }).to].flat();
}

describe('canonicalDomain', () => {
  it.each([
    ['acme.com', 'acme.com'],
    [' ACME.com ', 'acme.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ａｃｍｅ.com', 'acme.com'],
    ['localhost', 'localhost'],
  ])('turns %j into %s', (input, domain) => {
    expect(canonicalDomain(input)).toBe(domain);
    expect(canonicalEmail(`x@${domain}`)).toBe(`x@${domain}`);
  });

  it.each([
    '',
    '.',
    'acme.com.',
    'a b.com',
    'me@acme.com',
    '*.acme.com',
    'acme..com',
    '-a.com',
    'acme.com/x',
    'acme.com?x',
    'acme.com\\x',
    'acme.com:80',
    '127.0.0.1',
    '0x7f.1',
    '[::1]',
    `${'a'.repeat(64)}.com`,
  ])('refuses %j', (input) => {
    expect(canonicalDomain(input)).toBeNull();
  });
});
