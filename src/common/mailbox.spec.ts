import { parseMailbox, writeMailbox } from './mailbox.js';

/** What people write, and what one header field has of it. */
it.each([
  ['ops@example.com', 'ops@example.com'],
  ['<ops@example.com>', 'ops@example.com'],
  ['  Ops@Example.com ', 'Ops@Example.com'],
  ['no-reply@localhost', 'no-reply@localhost'],
  ['Example Accounts<ops@example.com>', 'Example Accounts <ops@example.com>'],
  ['"" <ops@example.com>', 'ops@example.com'],
  ['Müller & Söhne <ops@example.com>', 'Müller & Söhne <ops@example.com>'],
  ['Müller, Söhne & Co. <ops@example.com>', '"Müller, Söhne & Co." <ops@example.com>'],
  ['Sales; Support <ops@example.com>', '"Sales; Support" <ops@example.com>'],
  ['Team: Support <ops@example.com>', '"Team: Support" <ops@example.com>'],
  ['Example (Support) <ops@example.com>', '"Example (Support)" <ops@example.com>'],
  ['[Example] <ops@example.com>', '"[Example]" <ops@example.com>'],
  ['Back\\slash <ops@example.com>', '"Back\\\\slash" <ops@example.com>'],
  ['"Example, Ltd." <ops@example.com>', '"Example, Ltd." <ops@example.com>'],
  ['"Example, Ltd." Accounts <ops@example.com>', '"Example, Ltd. Accounts" <ops@example.com>'],
  ['"The \\"Best\\"" <ops@example.com>', '"The \\"Best\\"" <ops@example.com>'],
  ['"ops@example.org" <ops@example.com>', '"ops@example.org" <ops@example.com>'],
  ['कंपनी <ops@example.com>', 'कंपनी <ops@example.com>'],
])('reads %s as %s', (input, written) => {
  expect(writeMailbox(parseMailbox(input))).toBe(written);
  expect(parseMailbox(written)).toEqual(parseMailbox(input));
});

it.each([
  ['ops@example.com, Sales <sales@example.com>', 'an @ in its name'],
  ['ops@example.com; Sales <sales@example.com>', 'an @ in its name'],
  ['ops@example.com <sales@example.com>', 'an @ in its name'],
  ['ops@example.com sales@example.com', 'one e-mail address'],
  ['ops@example.com,', 'one e-mail address'],
  ['Ops <ops@example.com>, Sales <sales@example.com>', 'one e-mail address'],
  ['Ops <ops@example.com,sales@example.com>', 'one e-mail address'],
  ['Ops <ops@example.com> (work)', 'one e-mail address'],
  ['Team: Ops <ops@example.com>;', 'one e-mail address'],
  ['Team:;', 'one e-mail address'],
  ['Ops <>', 'one e-mail address'],
  ['Ops', 'one e-mail address'],
  ['Ops ops@example.com', 'one e-mail address'],
  ['"ops@example.com"', 'one e-mail address'],
  ['Ops <ops@example..com>', 'one e-mail address'],
  ['Ops <"a b"@example.com>', 'one e-mail address'],
  ['"Ops <ops@example.com>', 'a quotation mark at either end'],
  ['5" Disks <ops@example.com>', 'a quotation mark at either end'],
  ['=?utf-8?q?Acme=0D=0ABcc=3A_x=40example=2Ecom?= <ops@example.com>', 'not as an encoded word'],
  ['Ops\r\nBcc: sales@example.com <ops@example.com>', 'one line'],
  ['Ops\n <ops@example.com>', 'one line'],
  ['Ops\u2028 <ops@example.com>', 'one line'],
  ['"Ops\u0000" <ops@example.com>', 'one line'],
  ['\u202eOps <ops@example.com>', 'one line'],
])('refuses %j', (input, fault) => expect(() => parseMailbox(input)).toThrow(fault));
