import type { Act } from '../acts.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import type { Context } from '../view.js';

/** Each opens its dialog. */
export const actButtons = (context: Context, acts: Act[], after: () => Promise<void>): TemplateResult =>
  html`<div class="acts" role="group" aria-label="Acts">
    ${acts.map(
      (act) =>
        html`<button
          type="button"
          class=${act.isDangerous ? 'dangerous' : ''}
          aria-haspopup="dialog"
          @click=${() => context.act(act, after)}
        >
          ${act.verb}…
        </button>`,
    )}
  </div>`;
