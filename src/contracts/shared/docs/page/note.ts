interface React {
  createElement: (type: unknown, props: unknown, ...children: unknown[]) => unknown;
  Fragment: unknown;
}

/**
 * A Swagger UI plugin that explains below the title what the page fills in. `inbox` is the path of the development
 * inbox; empty if there is none.
 */
export function Note(inbox: string) {
  const wrap =
    (Info: unknown, { React: { createElement, Fragment } }: { React: React }) =>
    (props: unknown) =>
      createElement(
        Fragment,
        null,
        createElement(Info, props),
        createElement('aside', { className: 'note' }, ...note(createElement, inbox)),
      );
  return () => ({ wrapComponents: { InfoContainer: wrap } });
}

function note(createElement: React['createElement'], inbox: string): unknown[] {
  const code = (text: string) => createElement('code', null, text);
  const links = inbox
    ? [', and the secrets of links that were sent, out of ', createElement('a', { href: inbox }, 'the inbox')]
    : [];
  return [
    createElement('p', null, createElement('strong', null, 'Execute the examples from top to bottom.')),
    createElement(
      'p',
      null,
      'Signing in authorises this page. Placeholders such as ',
      code('eyJhbGciOiJIUzI1NiIs...'),
      ' or ',
      code('reset-token-123'),
      ' are replaced as the request is sent: your tokens, the id of another session, the code of an authenticator',
      ...links,
      '. What you type yourself goes out as it is. An example that is refused in this order says why in its description.',
    ),
  ];
}
