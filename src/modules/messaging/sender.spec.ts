import { createTransport } from 'nodemailer';
import { loadConfig } from '../../config/config.js';
import { senderDomain, senderName, senderOf } from './sender.js';
import type { MailSender } from './templates/rendered-message.js';

/** What leaves for the mail server. */
async function send(mailFrom: string, own?: MailSender) {
  const smtp = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const from = senderOf(mailFrom, own);
  const { message, envelope } = await smtp.sendMail({ from, to: 'reader@example.net', text: 'x' });
  const [header = ''] = (message as Buffer).toString().split('\n\n');
  return {
    envelope: envelope.from,
    from: header.split('\n').filter((line) => /^(from|sender|bcc):/i.test(line)),
  };
}

it.each([
  ['Smith, Jones & Co. <ops@example.com>', 'Smith, Jones & Co.'],
  ['Care; Billing <ops@example.com>', 'Care; Billing'],
  ['Desk: Billing <ops@example.com>', 'Desk: Billing'],
  ['"Smith, Jones" <ops@example.com>', 'Smith, Jones'],
])('%s is one sender in the header and in the envelope', async (MAIL_FROM, name) => {
  const { MAIL_FROM: mailFrom } = loadConfig({ MAIL_FROM });
  expect(senderName(mailFrom)).toBe(name);
  expect(senderDomain(mailFrom)).toBe('example.com');
  expect(await send(mailFrom)).toEqual({
    envelope: 'ops@example.com',
    from: [`From: "${name}" <ops@example.com>`],
  });
});

it('is the address alone where there is no name', async () => {
  const { MAIL_FROM: mailFrom } = loadConfig({ MAIL_FROM: '<ops@bücher.example>' });
  expect(senderName(mailFrom)).toBe('ops@xn--bcher-kva.example');
  expect(senderDomain(mailFrom)).toBe('xn--bcher-kva.example');
  expect(await send(mailFrom)).toMatchObject({ from: ['From: ops@xn--bcher-kva.example'] });
});

it('has the address of MAIL_FROM with the name of a product that has no address', async () => {
  expect(await send('Smith, Jones <ops@example.com>', { name: 'Clinic, North' })).toEqual({
    envelope: 'ops@example.com',
    from: ['From: "Clinic, North" <ops@example.com>'],
  });
});
