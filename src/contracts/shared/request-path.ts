/**
 * The path of a request target as the router reads it: without query and fragment, and decoded as far as possible.
 * Accepts a target in absolute form, as every server must (RFC 9112 §3.2.2).
 */
export function requestPath(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
