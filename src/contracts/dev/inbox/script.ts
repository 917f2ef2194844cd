/**
 * The behaviour of the page, without libraries or storage. Every text of a message becomes a text node, never markup;
 * only the sandboxed preview renders a message's own HTML.
 */
export const INBOX_SCRIPT = `
const POLL_MS = 1500;
const KINDS = { 'otp': 'code', 'invitation': 'invitation', 'password-reset': 'password reset',
  'verify-email': 'e-mail confirmation', 'notice': 'notice', 'account-restoration': 'account restoration' };
const [main, list, reader, filter, status] =
  ['main', '#list', '#reader', '#filter', '#status'].map((selector) => document.querySelector(selector));
const items = new Map();
const seen = new Set();
const unread = new Set();
let messages = [];
let isFirst = true;
let opened = null;
let view = 'html';
let timer = 0;
let asked = 0;

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null));
  return node;
}

function ago(iso) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return seconds + ' s ago';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ago';
  if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ago';
  return new Date(iso).toLocaleDateString();
}

/** The server looks up a complete address, however old its messages; part of an address filters the loaded ones. */
function wanted() {
  const text = filter.value.trim().toLowerCase();
  return { text, whole: /^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$|^\\+\\d{7,15}$/.test(text) };
}

async function poll() {
  clearTimeout(timer);
  const turn = ++asked;
  const { text, whole } = wanted();
  try {
    const answer = await fetch('messages?limit=100' + (whole ? '&to=' + encodeURIComponent(text) : ''));
    if (!answer.ok) throw new Error(String(answer.status));
    const fetched = await answer.json();
    if (turn !== asked) return;
    messages = fetched;
    showStatus('live', 'Live');
  } catch {
    if (turn !== asked) return;
    showStatus('lost', 'No answer, trying again');
  }
  render();
  if (!document.hidden) timer = setTimeout(poll, POLL_MS);
}

function showStatus(kind, text) {
  status.className = kind;
  if (status.textContent !== text) status.textContent = text;
}

/** Moves and adds only what changed, so that scroll position and focus stay. */
function render() {
  const { text, whole } = wanted();
  const shown = messages.filter((message) => whole || message.to.toLowerCase().includes(text));
  for (const message of messages) {
    if (!isFirst && !seen.has(message.id)) unread.add(message.id);
    seen.add(message.id);
  }
  if (status.className === 'live') isFirst = false;
  const nodes = shown.map((message) => itemOf(message));
  if (nodes.length === 0 && text !== '') nodes.push(noteOf('Nothing was sent to “' + text + '”.'));
  if (nodes.length !== list.children.length || nodes.some((node, index) => node !== list.children[index])) {
    const top = list.scrollTop;
    const focused = document.activeElement;
    const height = list.scrollHeight;
    list.replaceChildren(...nodes);
    list.scrollTop = top === 0 ? 0 : top + list.scrollHeight - height;
    if (focused && list.contains(focused)) focused.focus({ preventScroll: true });
  }
  for (const message of shown) {
    const time = itemOf(message).querySelector('time');
    const label = ago(message.createdAt);
    if (time.textContent !== label) time.textContent = label;
  }
  const kept = new Set(messages.map((message) => message.id));
  for (const id of items.keys()) if (!kept.has(id)) items.delete(id);
  showReader();
}

let note = null;
function noteOf(text) {
  if (!note || note.textContent !== text) note = make('p', { className: 'note', textContent: text });
  return note;
}

function itemOf(message) {
  let item = items.get(message.id);
  if (!item) {
    item = make('button', { className: 'item', type: 'button', onclick: () => open(message) },
      make('span', { className: 'top' },
        make('span', { className: 'to', textContent: message.to, title: message.to }),
        make('time', { dateTime: message.createdAt, title: new Date(message.createdAt).toLocaleString() })),
      make('span', { className: 'subject', textContent: message.subject }),
      make('span', { className: 'tag', textContent: (message.channel === 'sms' ? 'SMS · ' : '') + KINDS[message.template] }));
    item.setAttribute('aria-current', String(message.id === opened?.id));
    item.classList.toggle('fresh', unread.has(message.id));
    items.set(message.id, item);
  }
  return item;
}

function open(message) {
  opened = message;
  history.replaceState(null, '', '#' + message.id);
  for (const [id, item] of items) item.setAttribute('aria-current', String(id === message.id));
  items.get(message.id)?.classList.remove('fresh');
  unread.delete(message.id);
  main.classList.add('reading');
  reader.replaceChildren(articleOf(message));
  reader.scrollTop = 0;
}

function close() {
  opened = null;
  history.replaceState(null, '', location.pathname);
  for (const item of items.values()) item.setAttribute('aria-current', 'false');
  main.classList.remove('reading');
  showReader();
}

/** New messages do not replace the one that is open. */
function showReader() {
  if (opened || status.className === '') return;
  const linked = messages.find((message) => '#' + message.id === location.hash);
  if (linked) return open(linked);
  const isEmpty = messages.length === 0 && filter.value === '';
  main.classList.toggle('bare', isEmpty);
  const text = isEmpty ? emptyOf('Nothing was sent yet',
    'Register an account, ask for a password reset or invite somebody: the message appears here by itself, whether or not it was also sent.')
    : emptyOf('No message is open', 'Choose one on the left to see its code, link and text.');
  if (reader.textContent !== text.textContent) reader.replaceChildren(text);
}

function emptyOf(title, text) {
  return make('div', { className: 'empty' }, make('strong', { textContent: title }), text);
}

function articleOf(message) {
  const at = new Date(message.createdAt);
  return make('article', {},
    make('button', { className: 'button back', type: 'button', textContent: 'Back to the list', onclick: close }),
    make('h2', { textContent: message.subject }),
    make('p', { className: 'meta', textContent: 'To ' + message.to + ' · ' + at.toLocaleString() }),
    message.code ? make('div', { className: 'secret' },
      make('span', { className: 'code', textContent: message.code }), copyOf('Copy code', message.code, 'main')) : null,
    message.link ? linkOf(message.link) : null,
    ...bodyOf(message));
}

function linkOf(link) {
  const token = new URLSearchParams(link.split('#')[1] ?? '').get('token');
  return make('div', { className: 'secret' },
    make('span', { className: 'link', textContent: link, title: link }),
    make('a', { className: 'button main', href: link, target: '_blank', rel: 'noopener noreferrer', textContent: 'Open link' }),
    copyOf('Copy link', link),
    token ? copyOf('Copy token', token) : null);
}

function copyOf(label, text, kind = '') {
  return make('button', { className: 'button ' + kind, type: 'button', textContent: label, onclick: async (event) => {
    const button = event.currentTarget;
    button.textContent = (await copy(text)) ? 'Copied' : 'Not copied';
    setTimeout(() => { button.textContent = label; }, 1500);
  } });
}

/** Browsers offer the clipboard only on https and on this machine. */
async function copy(text) {
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

function bodyOf(message) {
  const text = make('pre', { textContent: message.text });
  if (message.channel === 'sms') return [text];
  const frame = make('iframe', { title: 'The message as HTML' });
  frame.setAttribute('sandbox', '');
  fetch('inbox/messages/' + message.id).then((answer) => answer.json())
    .then(({ html }) => { frame.srcdoc = html; }).catch(() => show('text'));
  const buttons = { html: 'HTML', text: 'Plain text' };
  const views = make('div', { className: 'views' });
  function show(which) {
    view = which;
    frame.hidden = which !== 'html';
    text.hidden = which !== 'text';
    frame.style.display = frame.hidden ? 'none' : '';
    text.style.display = text.hidden ? 'none' : '';
    for (const button of views.children) button.setAttribute('aria-pressed', String(button.dataset.view === which));
  }
  for (const [name, label] of Object.entries(buttons)) {
    const button = make('button', { type: 'button', textContent: label, onclick: () => show(name) });
    button.dataset.view = name;
    views.append(button);
  }
  show(view);
  return [views, frame, text];
}

filter.addEventListener('input', () => { render(); poll(); });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer); else poll();
});
poll();
`;
