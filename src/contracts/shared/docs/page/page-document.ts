/** A contract in the page's selector. */
export interface PageDocument {
  /** Its title. */
  name: string;
  /** Its OpenAPI document, relative to the server's root. */
  url: string;
  /** The module with its `AnswerReaders`, relative to the server's root. */
  answers: string;
}
