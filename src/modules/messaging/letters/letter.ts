/** What a message says, before it takes the shape of a text, a page or an SMS. Plain text throughout, not escaped. */
export interface Letter {
  /** Never holds a secret: subjects show up in notifications and lists. */
  subject: string;
  /** Who speaks: the display name of MAIL_FROM. */
  sender: string;
  greeting?: string;
  paragraphs: string[];
  action?: { label: string; link: string };
  code?: string;
  facts?: { label: string; value: string }[];
  /** What to do if the reader did not ask for this. */
  closing: string;
}

/** What every letter needs to know beside its message. */
export interface LetterContext {
  appUrl: string;
  sender: string;
}
