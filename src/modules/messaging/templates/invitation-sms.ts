import { buildLink } from '../links.js';
import type { InvitationMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { shorten, smsName } from './sms-name.js';
import { firstThatFits } from './sms-segment.js';
import { smsTexts } from './wording.js';

/** Maximum lengths of each name, tried in this order until the text fits. */
const NAME_LENGTHS = [40, 32, 26, 20, 16, 12, 8];

/** The invitation by SMS, in one segment: names are shortened to fit the link. */
export function invitationSms(
  message: InvitationMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  const link = buildLink(appUrl, 'invitation', message.token);
  const inviter = smsName(message.inviterName);
  const wordings = smsTexts(texts).flatMap(({ say }) => {
    const tenant = smsName(message.tenantName) ?? say('invitation.tenant');
    const named = NAME_LENGTHS.map((max) => {
      const names = { tenant: shorten(tenant, max), link };
      if (inviter === null) return say('invitation.sms.unnamed', names);
      return say('invitation.sms', { inviter: shorten(inviter, max), ...names });
    });
    return [...named, say('invitation.sms.short', { link })];
  });
  const text = firstThatFits([...wordings, link]);
  const action = { label: texts.say('invitation.action'), link };
  return { subject: texts.say('invitation.sms.subject'), sender, paragraphs: [text], action, closing: '' };
}
