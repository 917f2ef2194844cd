/* The inbox: the list of messages, which it reads again and again, and the one that is open. It stores nothing. */
import { find, make } from './dom.js';
import { articleOf } from './inbox-article.js';
import { ago, filterOf, kindOf, matching, type Message } from './inbox-messages.js';

const POLL_MS = 1500;
const EMPTY = {
  title: 'Nothing was sent yet',
  text: 'Register an account, ask for a password reset or invite somebody: the message appears here by itself, whether or not it was also sent.',
};
const NONE_OPEN = {
  title: 'No message is open',
  text: 'Choose one on the left to see its code, link and text.',
};

const main = find('main', HTMLElement);
const list = find('#list', HTMLElement);
const reader = find('#reader', HTMLElement);
const filter = find('#filter', HTMLInputElement);
const status = find('#status', HTMLElement);
const items = new Map<string, HTMLButtonElement>();
const seen = new Set<string>();
const unread = new Set<string>();
let messages: Message[] = [];
let isFirst = true;
let opened: Message | null = null;
let note: HTMLElement | null = null;
let timer = 0;
let asked = 0;

async function poll(): Promise<void> {
  clearTimeout(timer);
  const turn = ++asked;
  const { text, isWhole } = filterOf(filter.value);
  try {
    const answer = await fetch(`messages?limit=100${isWhole ? `&to=${encodeURIComponent(text)}` : ''}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const fetched = (await answer.json()) as Message[];
    if (turn !== asked) return;
    messages = fetched;
    showStatus('live', 'Live');
  } catch {
    if (turn !== asked) return;
    showStatus('lost', 'No answer, trying again');
  }
  render();
  if (!document.hidden) timer = setTimeout(() => void poll(), POLL_MS);
}

function showStatus(kind: 'live' | 'lost', text: string): void {
  status.className = kind;
  if (status.textContent !== text) status.textContent = text;
}

function render(): void {
  const wanted = filterOf(filter.value);
  const shown = matching(messages, wanted);
  for (const message of messages) {
    if (!isFirst && !seen.has(message.id)) unread.add(message.id);
    seen.add(message.id);
  }
  if (status.className === 'live') isFirst = false;
  const nodes: HTMLElement[] = shown.map((message) => itemOf(message));
  if (nodes.length === 0 && wanted.text !== '') nodes.push(noteOf(`Nothing was sent to “${wanted.text}”.`));
  replaceList(nodes);
  for (const message of shown) {
    const time = find('time', HTMLElement, itemOf(message));
    const label = ago(message.createdAt, Date.now());
    if (time.textContent !== label) time.textContent = label;
  }
  const kept = new Set(messages.map((message) => message.id));
  for (const id of items.keys()) if (!kept.has(id)) items.delete(id);
  showReader();
}

/** Changes the list only if its items changed, so that scroll position and focus stay. */
function replaceList(nodes: HTMLElement[]): void {
  const isSame =
    nodes.length === list.children.length && nodes.every((node, at) => node === list.children[at]);
  if (isSame) return;
  const { scrollTop: top, scrollHeight: height } = list;
  const focused = document.activeElement;
  list.replaceChildren(...nodes);
  list.scrollTop = top === 0 ? 0 : top + list.scrollHeight - height;
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true });
}

function noteOf(text: string): HTMLElement {
  if (note?.textContent !== text) note = make('p', { className: 'note', textContent: text });
  return note;
}

function itemOf(message: Message): HTMLButtonElement {
  const present = items.get(message.id);
  if (present) return present;
  const { createdAt: dateTime } = message;
  const item = make(
    'button',
    { className: 'item', type: 'button', onclick: () => open(message) },
    make(
      'span',
      { className: 'top' },
      make('span', { className: 'to', textContent: message.to, title: message.to }),
      make('time', { dateTime, title: new Date(dateTime).toLocaleString() }),
    ),
    make('span', { className: 'subject', textContent: message.subject }),
    make('span', { className: 'tag', textContent: kindOf(message) }),
  );
  item.setAttribute('aria-current', String(message.id === opened?.id));
  item.classList.toggle('fresh', unread.has(message.id));
  items.set(message.id, item);
  return item;
}

function open(message: Message): void {
  opened = message;
  history.replaceState(null, '', `#${message.id}`);
  for (const [id, item] of items) item.setAttribute('aria-current', String(id === message.id));
  items.get(message.id)?.classList.remove('fresh');
  unread.delete(message.id);
  main.classList.add('reading');
  reader.replaceChildren(articleOf(message, close));
  reader.scrollTop = 0;
}

function close(): void {
  opened = null;
  history.replaceState(null, '', location.pathname);
  for (const item of items.values()) item.setAttribute('aria-current', 'false');
  main.classList.remove('reading');
  showReader();
}

/** A new message does not replace the one that is open. */
function showReader(): void {
  if (opened || status.className === '') return;
  const linked = messages.find((message) => `#${message.id}` === location.hash);
  if (linked) return open(linked);
  const isEmpty = messages.length === 0 && filter.value === '';
  main.classList.toggle('bare', isEmpty);
  const { title, text } = isEmpty ? EMPTY : NONE_OPEN;
  const shown = make('div', { className: 'empty' }, make('strong', { textContent: title }), text);
  if (reader.textContent !== shown.textContent) reader.replaceChildren(shown);
}

filter.addEventListener('input', () => {
  render();
  void poll();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else void poll();
});
void poll();
