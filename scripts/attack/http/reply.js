/** A response as the cases read it. `body` is the parsed JSON, or an empty object where the response has none. */
export function replyOf({ statusCode, headers }, bytes) {
  const text = bytes.toString('utf8');
  return { status: statusCode, headers, text, body: parse(text, headers['content-type']) };
}

/** The error code, in the format of any contract; an empty text where there is none. */
export function codeOf({ body }) {
  return body?.code ?? body?.errors?.[0]?.code ?? '';
}

/** Status and error code, as the report prints them. */
export function describe(reply) {
  return [reply.status, codeOf(reply)].filter((part) => part !== '').join(' ');
}

function parse(text, type = '') {
  if (!/^application\/(problem\+)?json/.test(type) || text === '') return {};
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
