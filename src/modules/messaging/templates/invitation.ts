import { inertText } from '../inert-text.js';
import { buildLink } from '../links.js';
import type { InvitationMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { dateTime } from './wording.js';

export function renderInvitation(
  message: InvitationMessage,
  { appUrl, sender }: TemplateContext,
): RenderedMessage {
  const tenant = inertText(message.tenantName, 'an organisation');
  const inviter = inertText(message.inviterName, 'A colleague');
  const role = inertText(message.roleName, 'member');
  return {
    subject: `You are invited to join ${tenant}`,
    sender,
    greeting: 'Hello,',
    paragraphs: [
      `${inviter} invites you to join ${tenant}, in the role “${role}”.`,
      `The invitation can be accepted once, until ${dateTime(message.expiresAt)}.`,
    ],
    action: { label: 'Accept the invitation', link: buildLink(appUrl, 'invitation', message.token) },
    closing: 'If you do not know who this is, or did not expect an invitation, ignore this message.',
  };
}
