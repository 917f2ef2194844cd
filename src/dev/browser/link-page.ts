/*
 * The common part of the pages that links in messages open. They store nothing. The token stays in the fragment and is
 * sent only to this server.
 */
import { find, make } from './dom.js';

/** An error response (RFC 9457); empty if the server does not answer. */
interface Problem {
  title?: string;
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

export type Fields = Record<string, FormDataEntryValue>;

const form = find('form', HTMLFormElement);
const lead = find('#lead', HTMLElement);
const outcome = find('#outcome', HTMLElement);
export const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

/** Returns the body of the answer. Throws the problem of an error response. */
export async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  accessToken?: string,
): Promise<T> {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
  };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const content: unknown = await answer.json();
  if (!answer.ok) throw content;
  return content as T;
}

export function showSuccess(title: string, text: string): void {
  lead.textContent = '';
  form.hidden = true;
  show('', title, make('p', { textContent: text }));
}

/** Shows the form after `open` has accepted the link; `send` gets the completed fields. */
export async function run(
  open: () => Promise<string>,
  send: (fields: Fields) => Promise<void>,
): Promise<void> {
  if (!token) {
    showProblem({ title: 'There is no token in the address', detail: 'Open the whole link of the message.' });
    return;
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(send);
  });
  try {
    lead.textContent = await open();
    form.hidden = false;
    find('input, button', HTMLElement, form).focus();
  } catch (problem) {
    showProblem(problem as Problem);
  }
}

async function submit(send: (fields: Fields) => Promise<void>): Promise<void> {
  const button = find('button.main', HTMLButtonElement, form);
  button.disabled = true;
  for (const input of form.querySelectorAll('input')) input.removeAttribute('aria-invalid');
  outcome.replaceChildren();
  const filled = [...new FormData(form)].filter(([, value]) => value !== '');
  await send(Object.fromEntries(filled)).catch(showProblem);
  button.disabled = false;
}

function showProblem({ title = 'The server does not answer', detail = '', errors = [] }: Problem): void {
  const items = errors.map((error) =>
    make('li', { textContent: `${markField(error.pointer)}: ${error.detail}` }),
  );
  const list = items.length > 0 ? make('ul', {}, ...items) : '';
  // A problem of one field says the same in both places
  const isRepeated = errors.some((error) => error.detail === detail);
  show('bad', title, make('p', { textContent: isRepeated ? '' : detail }), list);
}

/** Marks the field as wrong and returns its label. */
function markField(pointer: string): string {
  const name = pointer.split('/').pop() ?? '';
  const input = form.elements.namedItem(name);
  if (!(input instanceof HTMLInputElement)) return name;
  input.setAttribute('aria-invalid', 'true');
  return input.labels?.[0]?.textContent?.trim() ?? name;
}

function show(kind: string, title: string, ...children: (Node | string)[]): void {
  const heading = make('strong', { textContent: title });
  outcome.replaceChildren(make('div', { className: `outcome ${kind}` }, heading, ...children));
}

/** Lets the reader see what they type. */
function addPasswordToggle(input: HTMLInputElement): void {
  const toggle = make('button', { type: 'button', className: 'toggle', textContent: 'Show' });
  toggle.setAttribute('aria-pressed', 'false');
  toggle.addEventListener('click', () => {
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    toggle.textContent = isShown ? 'Show' : 'Hide';
    toggle.setAttribute('aria-pressed', String(!isShown));
  });
  input.labels?.[0]?.after(toggle);
}

for (const input of form.querySelectorAll<HTMLInputElement>('input[type=password]')) addPasswordToggle(input);
addEventListener('hashchange', () => location.reload());
