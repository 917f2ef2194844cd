/** A contract in the page's selector. */
export interface PageDocument {
  /** Its title. */
  name: string;
  /** The path of its OpenAPI document. */
  url: string;
  /** The path of the module with its `AnswerReaders`. */
  answers: string;
}
