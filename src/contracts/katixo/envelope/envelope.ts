/** What an answer says that asks for a second factor. */
export const SECOND_FACTOR_MESSAGE = 'Two-factor code required';

/** The shape of every answer. */
export interface Envelope<Data = unknown> {
  success: boolean;
  message: string;
  data: Data | null;
  errors: EnvelopeError[] | null;
}

export interface EnvelopeError {
  /** Stable: clients switch on this one. */
  code: string;
  /** Of the request's body, where one is at fault. */
  field?: string;
  message: string;
}
