import { distanceOf, timeOf, visible } from '../formats.js';
import { html, nothing, type TemplateResult } from '../lit/lit-html.js';
import type { Loaded } from '../loaded.js';
import type { Context } from '../view.js';

export type Content = TemplateResult | typeof nothing | string | number | null;

const TONES: Record<string, string> = {
  ...{ active: 'good', sent: 'good', success: 'good', verified: 'good', on: 'good', works: 'good' },
  ...{ suspended: 'bad', blocked: 'bad', failed: 'bad', refused: 'bad', revoked: 'bad' },
  ...{
    leaving: 'care',
    queued: 'care',
    expired: 'care',
    unverified: 'care',
    withheld: 'care',
    slowed: 'care',
  },
};

/** A state, told by its word; the colour only repeats it. */
export const badge = (status: string, text = status): TemplateResult =>
  html`<span class="badge ${TONES[status] ?? ''}">${text}</span>`;

export const time = (iso: string | null, none = 'Never'): Content =>
  iso === null
    ? none
    : html`<time datetime=${iso} title=${distanceOf(iso, Date.now())}>${timeOf(iso)}</time>`;

/** A text that people chose: isolated, so that its direction does not reach what stands beside it. */
export const chosen = (text: string): TemplateResult => html`<bdi>${visible(text)}</bdi>`;

/** A link to whatever has the id, of which it shows the end. */
export const linkOf = (address: string, id: string): TemplateResult =>
  html`<a href=${address} title=${id}><code>${id.slice(-8)}</code></a>`;

/** An id, with a button that copies it where the browser lets the page do so. */
export function copyable(context: Context, text: string, what: string): TemplateResult {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => context.announce(`Copied the ${what}.`),
      () => context.announce('The browser did not let the page copy it.'),
    );
  return html`<span class="copyable"
    ><code>${text}</code>${
      isSecureContext
        ? html`<button type="button" class="quiet" @click=${copy} aria-label="Copy the ${what}">Copy</button>`
        : nothing
    }</span
  >`;
}

export const facts = (pairs: [string, Content | Content[]][]): TemplateResult =>
  html`<dl class="facts">
    ${pairs.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

export const problem = (text: string | null): Content =>
  text === null ? nothing : html`<p class="problem" role="alert">${text}</p>`;

/** What was loaded, or why not; while it is loaded for the first time, its place is kept. */
export function whenLoaded<Value>(loaded: Loaded<Value>, show: (value: Value) => Content): TemplateResult {
  const { value, isLoading } = loaded;
  return html`<div class="loaded ${isLoading ? 'loading' : ''}" aria-busy=${isLoading}>
    ${problem(loaded.problem)}
    ${
      value !== null
        ? show(value)
        : isLoading
          ? html`<p class="waiting"><span></span><span></span><span></span></p>`
          : html`<button type="button" @click=${() => loaded.load()}>Try again</button>`
    }
  </div>`;
}
