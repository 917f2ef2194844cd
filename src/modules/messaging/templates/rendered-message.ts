import type { Texts } from '../texts/texts.js';

/** A product's sender of mail. Without an address, it has that of MAIL_FROM. */
export interface MailSender {
  name: string;
  address?: string;
}

/**
 * The content of a message, before it is formatted as plain text or HTML. All members are plain text, not escaped. The
 * text of an SMS consists of `paragraphs` alone; its other members are for the development inbox.
 */
export interface RenderedMessage {
  /** Must not contain a secret: mail clients display subjects in notifications and lists. */
  subject: string;
  /** The result of `senderName`. */
  sender: string;
  /** Whose mail it is. Default: MAIL_FROM, of which it may also have the address alone. */
  from?: MailSender;
  /** A canonical BCP 47 tag; default: English. */
  language?: string;
  greeting?: string;
  paragraphs: string[];
  /** `fallback` precedes the visible link; default: in English. */
  action?: { label: string; link: string; fallback?: string };
  code?: string;
  facts?: { label: string; value: string }[];
  /** What to do if the reader did not ask for this; empty in an SMS. */
  closing: string;
}

/** What every message template needs in addition to its message. */
export interface TemplateContext {
  appUrl: string;
  sender: string;
  from?: MailSender;
  texts: Texts;
}
