import addressparser from 'nodemailer/lib/addressparser';

/** Who our letters say they are from: the display name of MAIL_FROM, or its address without one. */
export function senderName(mailFrom: string): string {
  const sender = parse(mailFrom);
  return sender.name === '' ? sender.address : sender.name;
}

/** The domain of MAIL_FROM, the right side of every Message-ID. */
export function senderDomain(mailFrom: string): string {
  return parse(mailFrom).address.split('@').at(-1) ?? 'localhost';
}

function parse(mailFrom: string): { name: string; address: string } {
  const [sender] = addressparser(mailFrom, { flatten: true });
  return { name: sender?.name ?? '', address: sender?.address ?? '' };
}
