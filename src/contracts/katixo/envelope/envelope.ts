/** The message of a response that asks for a second factor. */
export const SECOND_FACTOR_MESSAGE = 'Two-factor code required';

/** The form of every response. */
export interface Envelope<Data = unknown> {
  success: boolean;
  message: string;
  data: Data | null;
  errors: EnvelopeError[] | null;
}

export interface EnvelopeError {
  /** Stable: clients decide by it. */
  code: string;
  /** The field of the request body that is at fault, if any. */
  field?: string;
  message: string;
}
