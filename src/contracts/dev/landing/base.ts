/**
 * The common script of the pages, without libraries or storage. Every text of a response becomes a text node, never
 * markup. The token stays in the fragment and is sent only to this server.
 */
export const LANDING_BASE = `
const [form, lead, outcome] = ['form', '#lead', '#outcome'].map((selector) => document.querySelector(selector));
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

/** Throws the problem (RFC 9457) of an error response. */
async function call(method, path, body, accessToken) {
  const headers = { ...(body && { 'Content-Type': 'application/json' }),
    ...(accessToken && { Authorization: 'Bearer ' + accessToken }) };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const content = await answer.json();
  if (!answer.ok) throw content;
  return content;
}

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function show(kind, title, ...children) {
  outcome.replaceChildren(make('div', { className: 'outcome ' + kind }, make('strong', { textContent: title }), ...children));
}

function showSuccess(title, text) {
  form.hidden = true;
  show('', title, make('p', { textContent: text }));
}

function showProblem({ title = 'The server does not answer', detail = '', errors = [] }) {
  const items = errors.map((error) => {
    const name = error.pointer.split('/').pop();
    const input = form.elements[name];
    input?.setAttribute('aria-invalid', 'true');
    return make('li', { textContent: (input?.labels[0].textContent ?? name) + ': ' + error.detail });
  });
  show('bad', title, make('p', { textContent: detail }), ...(items.length ? [make('ul', {}, ...items)] : []));
}

/** Shows the form after 'open' has accepted the link; 'send' gets the completed fields. */
async function run(open, send) {
  if (!token) {
    showProblem({ title: 'There is no token in the address', detail: 'Open the whole link of the message.' });
    return;
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    for (const input of form.querySelectorAll('input')) input.removeAttribute('aria-invalid');
    outcome.replaceChildren();
    const filled = [...new FormData(form)].filter(([, value]) => value !== '');
    await send(Object.fromEntries(filled)).catch(showProblem);
    button.disabled = false;
  });
  try {
    lead.textContent = await open();
    form.hidden = false;
    form.querySelector('input, button').focus();
  } catch (problem) {
    showProblem(problem);
  }
}

addEventListener('hashchange', () => location.reload());
`;
