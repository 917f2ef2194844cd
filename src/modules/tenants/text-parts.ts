/** Of the longest parts in an index of texts. Parts of three are in very many, such as those of an e-mail address. */
const LONG = 6;

/** An SQL expression: the length of the parts by which an index finds the text of another expression. */
export const partLength = (wanted: string): string =>
  `CASE WHEN length(${wanted}) >= ${LONG} THEN ${LONG} ELSE LEAST(3, length(${wanted})) END`;
