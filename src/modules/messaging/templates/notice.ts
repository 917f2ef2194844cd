import { isIP } from 'node:net';
import { isOfOperator } from '../../../common/request-origin.js';
import { inertText } from '../inert-text.js';
import { buildLink } from '../links.js';
import type { NoticeEvent, NoticeMessage } from '../outgoing-message.js';
import { ENGLISH } from '../texts/english.js';
import type { TextKey } from '../texts/text-keys.js';
import type { Texts } from '../texts/texts.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { firstThatFits } from './sms-segment.js';
import { actionOf, greet, smsTexts } from './wording.js';

type Fact = NonNullable<RenderedMessage['facts']>[number];

/** Of further keys, the notice names only the number. */
const MAX_KEYS = 20;

export function renderNotice(
  message: NoticeMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  const { say, dateTime } = texts;
  const { event, revert, keptKeys = [], impersonation } = message;
  const { origin } = message;
  // Not of a program on the server, nor of an operator, whose address is not the reader's
  const isTold = isIP(origin.address) !== 0 && !isOfOperator(origin);
  const from = isTold ? [{ label: say('notice.from'), value: origin.address }] : [];
  const closing = closingOf(event) ?? (revert ? 'notice.revert.closing' : 'notice.closing');
  return {
    subject: say(`notice.${event}.subject`),
    sender,
    language: texts.language,
    greeting: greet(texts, message.firstName),
    paragraphs: [
      say(`notice.${event}.text`),
      ...(revert ? [say('notice.revert')] : []),
      ...(keptKeys.length > 0 ? [say('notice.kept-keys')] : []),
    ],
    ...(revert && {
      action: actionOf(texts, 'notice.revert.action', buildLink(appUrl, 'email-change-revert', revert.token)),
    }),
    facts: [
      { label: say('notice.when'), value: dateTime(message.at, 'notice.when') },
      ...from,
      ...(revert
        ? [{ label: say('notice.revert.until'), value: dateTime(revert.expiresAt, 'notice.revert.until') }]
        : []),
      ...(impersonation ? impersonationFacts(texts, impersonation) : []),
      ...keptKeyFacts(texts, keptKeys),
    ],
    closing: say(closing),
  };
}

/** Only events after which the usual advice does not fit have a closing of their own. */
function closingOf(event: NoticeEvent): TextKey | null {
  const key = `notice.${event}.closing`;
  return Object.hasOwn(ENGLISH, key) ? (key as TextKey) : null;
}

function impersonationFacts(
  { say, dateTime }: Texts,
  { tenantName, reference, expiresAt }: NonNullable<NoticeMessage['impersonation']>,
): Fact[] {
  return [
    { label: say('notice.until'), value: dateTime(expiresAt, 'notice.until') },
    { label: say('notice.organisation'), value: inertText(tenantName, '–') },
    { label: say('notice.reference'), value: inertText(reference, '–') },
  ];
}

/** Names and prefixes, which identify the keys and are no secrets. */
function keptKeyFacts({ say }: Texts, keys: NonNullable<NoticeMessage['keptKeys']>): Fact[] {
  const facts = keys.slice(0, MAX_KEYS).map(({ name, prefix }) => ({
    label: say('notice.key'),
    value: `${inertText(name, say('notice.key.unnamed'))} (${prefix}…)`,
  }));
  const left = keys.length - facts.length;
  return left > 0 ? [...facts, { label: say('notice.keys.more'), value: String(left) }] : facts;
}

/**
 * The notice by SMS, in one segment: what happened, and what to do. Contains no link and nothing that a stranger could
 * use, except for a change of the e-mail address: there the wording is shortened to fit the link that reverts it.
 */
export function noticeSms(
  message: NoticeMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  const { event, revert } = message;
  const subject = texts.say(`notice.${event}.subject`);
  if (!revert) {
    const wordings = smsTexts(texts).flatMap((one) => adviceSms(one, event, sender));
    return { subject, sender, paragraphs: [firstThatFits([...wordings, subject])], closing: '' };
  }
  const link = buildLink(appUrl, 'email-change-revert', revert.token);
  const wordings = smsTexts(texts).flatMap(({ say }) => [
    say('notice.sms.revert', { subject: say(`notice.${event}.subject`), link }),
    say('notice.sms.revert.short', { link }),
  ]);
  const action = { label: texts.say('notice.revert.action'), link };
  return { subject, sender, paragraphs: [firstThatFits([...wordings, link])], action, closing: '' };
}

function adviceSms({ say }: Texts, event: NoticeEvent, sender: string): string[] {
  const subject = say(`notice.${event}.subject`);
  const advice = closingOf(event) === null ? ` ${say('notice.sms.advice')}` : '';
  return [
    `${say('notice.sms', { sender, subject })}${advice}`,
    `${say('notice.sms.short', { subject })}${advice}`,
    say('notice.sms.short', { subject }),
  ];
}
