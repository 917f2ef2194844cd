import { inertText } from '../inert-text.js';
import { buildLink } from '../links.js';
import type { InvitationMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { actionOf } from './wording.js';

export function renderInvitation(
  message: InvitationMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  const tenant = inertText(message.tenantName, texts.say('invitation.tenant'));
  const inviter = inertText(message.inviterName, texts.say('invitation.inviter'));
  const role = inertText(message.roleName, texts.say('invitation.role'));
  return {
    subject: texts.say('invitation.subject', { tenant }),
    sender,
    language: texts.language,
    greeting: texts.say('greeting.unnamed'),
    paragraphs: [
      texts.say('invitation.text', { inviter, tenant, role }),
      texts.say('invitation.validity', { until: texts.dateTime(message.expiresAt, 'invitation.validity') }),
    ],
    action: actionOf(texts, 'invitation.action', buildLink(appUrl, 'invitation', message.token)),
    closing: texts.say('invitation.closing'),
  };
}
