import { html, type TemplateResult } from '../lit/lit-html.js';

export const mark = html`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
  <path d="M2 15V7a6 6 0 0 1 12 0v8h-3V8a3 3 0 0 0-6 0v7z" />
</svg>`;

/** The page of somebody who is not signed in. */
export const entryPage = (title: string, content: TemplateResult): TemplateResult => html`
  <main id="content" class="entry" tabindex="-1">
    <p class="brand">
      ${mark}<span>Gatehouse <small>console</small></span>
    </p>
    <div class="card">
      <h1 tabindex="-1">${title}</h1>
      ${content}
    </div>
  </main>
`;
