import { buildLink } from '../links.js';
import type { InvitationMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { shorten, smsName } from './sms-name.js';
import { firstThatFits } from './sms-segment.js';

/** Maximum lengths of each name, tried in this order until the text fits. */
const NAME_LENGTHS = [40, 32, 26, 20, 16, 12, 8];

/** The invitation by SMS, in one segment: names are shortened to fit the link. */
export function invitationSms(
  message: InvitationMessage,
  { appUrl, sender }: TemplateContext,
): RenderedMessage {
  const link = buildLink(appUrl, 'invitation', message.token);
  const tenant = smsName(message.tenantName) ?? 'an organisation';
  const inviter = smsName(message.inviterName);
  const wordings = NAME_LENGTHS.map((max) => {
    const from = inviter === null ? 'You are invited' : `${shorten(inviter, max)} invites you`;
    return `${from} to join ${shorten(tenant, max)}: ${link}`;
  });
  const text = firstThatFits([...wordings, `You are invited: ${link}`, link]);
  const action = { label: 'Accept the invitation', link };
  return { subject: 'You are invited', sender, paragraphs: [text], action, closing: '' };
}
