/**
 * What a message says, before it takes the shape of a text or a page. Plain text throughout, not escaped. The
 * paragraphs of an SMS are all of its text.
 */
export interface RenderedMessage {
  /** Never holds a secret: subjects show up in notifications and lists. */
  subject: string;
  /** Who speaks: the display name of MAIL_FROM. */
  sender: string;
  greeting?: string;
  paragraphs: string[];
  action?: { label: string; link: string };
  code?: string;
  facts?: { label: string; value: string }[];
  /** What to do if the reader did not ask for this; empty in an SMS. */
  closing: string;
}

/** What every rendered needs to know beside its message. */
export interface TemplateContext {
  appUrl: string;
  sender: string;
}
