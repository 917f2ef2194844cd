import { make } from './dom.js';
import { type Message, tokenIn } from './inbox-messages.js';

type View = 'html' | 'text';

const VIEWS: [View, string][] = [
  ['html', 'HTML'],
  ['text', 'Plain text'],
];

/** The view that was chosen last: the next message opens in it. */
let chosen: View = 'html';

/** A message with its code, its link and its text. Only a sandboxed frame renders the message's own HTML. */
export function articleOf(message: Message, close: () => void): HTMLElement {
  const at = new Date(message.createdAt).toLocaleString();
  return make(
    'article',
    {},
    make('button', {
      className: 'button back',
      type: 'button',
      textContent: 'Back to the list',
      onclick: close,
    }),
    make('h2', { textContent: message.subject }),
    make('p', { className: 'meta', textContent: `To ${message.to} · ${at}` }),
    message.code ? codeOf(message.code) : null,
    message.link ? linkOf(message.link) : null,
    ...bodyOf(message),
  );
}

function codeOf(code: string): HTMLElement {
  const shown = make('span', { className: 'code', textContent: code });
  return make('div', { className: 'secret' }, shown, copyOf('Copy code', code, 'main'));
}

function linkOf(link: string): HTMLElement {
  const token = tokenIn(link);
  const opens = { href: link, target: '_blank', rel: 'noopener noreferrer' };
  return make(
    'div',
    { className: 'secret' },
    make('span', { className: 'link', textContent: link, title: link }),
    make('a', { className: 'button main', ...opens, textContent: 'Open link' }),
    copyOf('Copy link', link),
    token ? copyOf('Copy token', token) : null,
  );
}

function copyOf(label: string, text: string, kind = ''): HTMLElement {
  const button = make('button', { className: `button ${kind}`, type: 'button', textContent: label });
  const onClick = async () => {
    button.textContent = (await copy(text)) ? 'Copied' : 'Not copied';
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  };
  button.addEventListener('click', () => void onClick());
  return button;
}

/** Browsers offer the clipboard only on https and on this machine. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make('textarea', { value: text, className: 'hidden' });
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

function bodyOf(message: Message): HTMLElement[] {
  const text = make('pre', { textContent: message.text });
  if (message.channel === 'sms') return [text];
  const frame = make('iframe', { title: 'The message as HTML' });
  frame.setAttribute('sandbox', '');
  const buttons = new Map<View, HTMLElement>();
  const show = (view: View) => {
    chosen = view;
    frame.style.display = view === 'html' ? '' : 'none';
    text.style.display = view === 'text' ? '' : 'none';
    for (const [name, button] of buttons) button.setAttribute('aria-pressed', String(name === view));
  };
  for (const [view, label] of VIEWS)
    buttons.set(view, make('button', { type: 'button', textContent: label, onclick: () => show(view) }));
  show(chosen);
  loadHtml(message.id).then(
    (html) => {
      frame.srcdoc = html;
    },
    () => show('text'),
  );
  return [make('div', { className: 'views' }, ...buttons.values()), frame, text];
}

async function loadHtml(id: string): Promise<string> {
  const { html } = (await (await fetch(`inbox/messages/${id}`)).json()) as { html: string };
  return html;
}
