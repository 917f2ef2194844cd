import { buildLink } from '../links.js';
import type { AccountRestorationMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { firstThatFits } from './sms-segment.js';
import { actionOf, greet, smsTexts } from './wording.js';

export function renderAccountRestoration(
  message: AccountRestorationMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  return {
    subject: texts.say('account-restoration.subject'),
    sender,
    language: texts.language,
    greeting: greet(texts, message.firstName),
    paragraphs: [
      texts.say('account-restoration.text'),
      texts.say('account-restoration.validity', {
        until: texts.dateTime(message.expiresAt, 'account-restoration.validity'),
      }),
    ],
    action: actionOf(
      texts,
      'account-restoration.action',
      buildLink(appUrl, 'account-restoration', message.token),
    ),
    closing: texts.say('account-restoration.closing'),
  };
}

/** The account restoration by SMS, in one segment: the wording is shortened to fit the link. */
export function accountRestorationSms(
  message: AccountRestorationMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  const link = buildLink(appUrl, 'account-restoration', message.token);
  const wordings = smsTexts(texts).flatMap(({ say, day }) => [
    say('account-restoration.sms', { day: day(message.expiresAt, 'account-restoration.sms'), link }),
    say('account-restoration.sms.short', { link }),
  ]);
  const text = firstThatFits([...wordings, link]);
  const action = { label: texts.say('account-restoration.action'), link };
  return {
    subject: texts.say('account-restoration.subject'),
    sender,
    paragraphs: [text],
    action,
    closing: '',
  };
}
