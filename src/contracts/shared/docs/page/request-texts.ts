export interface ApiRequest {
  url: string;
  headers: Record<string, string>;
  /** A body of JSON text is changed; any other stays as it is. */
  body?: unknown;
}

type Replace = (text: string) => string;

/** Applies `replace` to every path segment, query value and text in the body. */
export function mapTexts<R extends ApiRequest>(request: R, replace: Replace): R {
  const [path = '', query] = request.url.split('?');
  const newPath = path.split('/').map((segment) => mapEncoded(segment, replace));
  const newQuery = query?.split('&').map((pair) => {
    const [name, ...value] = pair.split('=');
    return [name, ...value.map((part) => mapEncoded(part, replace))].join('=');
  });
  const url = [newPath.join('/'), ...(newQuery ? [newQuery.join('&')] : [])].join('?');
  return { ...request, url, ...(request.body !== undefined && { body: mapBody(request.body, replace) }) };
}

function mapEncoded(part: string, replace: Replace): string {
  const replaced = replace(part);
  return replaced === part ? part : encodeURIComponent(replaced);
}

function mapBody(body: unknown, replace: Replace): unknown {
  let changed = false;
  const value = JSON.stringify(
    parseJson(body),
    (_, member: unknown) => {
      if (typeof member !== 'string') return member;
      const replaced = replace(member);
      changed ||= replaced !== member;
      return replaced;
    },
    2,
  );
  return changed ? value : body;
}

/** The value of a JSON text; undefined for any other text. */
export function parseJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
