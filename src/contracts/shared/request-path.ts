/**
 * The path of a request's target as the router reads it: without query or fragment, decoded as far as it can be, and
 * also of a target in absolute form, which every server must accept (RFC 9112 §3.2.2).
 */
export function requestPath(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
