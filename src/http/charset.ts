/** RFC 9110 §5.6.6, with the blanks around `=` that some clients write. A quoted value may contain `;`. */
const PARAMETER = /;\s*([^\s=;"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;]*))?/g;

/** Names of UTF-8, and of ASCII, which is the same in it. An empty one says nothing. */
const NAMES = ['utf-8', 'utf8', 'unicode-1-1-utf-8', 'us-ascii', 'ascii', ''];

/** Whether a body of this `Content-Type` is UTF-8, by each of its `charset` parameters; true if there is none. */
export function isUtf8(contentType: string): boolean {
  if (!contentType.includes(';')) return true;
  return charsetsOf(contentType).every((name) => NAMES.includes(name));
}

function charsetsOf(contentType: string): string[] {
  return [...contentType.toLowerCase().matchAll(PARAMETER)]
    .filter(([, name]) => name === 'charset')
    .map(([, , value = '']) =>
      value
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2')
        .replace(/\\(.)/g, '$1')
        .trim(),
    );
}
