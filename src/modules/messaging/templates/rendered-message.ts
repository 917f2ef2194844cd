/**
 * The content of a message, before it is formatted as plain text or HTML. All members are plain text, not escaped. The
 * text of an SMS consists of `paragraphs` alone; its other members are for the development inbox.
 */
export interface RenderedMessage {
  /** Must not contain a secret: mail clients display subjects in notifications and lists. */
  subject: string;
  /** The result of `senderName`. */
  sender: string;
  greeting?: string;
  paragraphs: string[];
  action?: { label: string; link: string };
  code?: string;
  facts?: { label: string; value: string }[];
  /** What to do if the reader did not ask for this; empty in an SMS. */
  closing: string;
}

/** What every message template needs in addition to its message. */
export interface TemplateContext {
  appUrl: string;
  sender: string;
}
