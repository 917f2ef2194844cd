import type { Act } from './acts.js';
import { type Api, ApiError, sentence } from './api.js';
import { html, nothing, render, type TemplateResult } from './lit/lit-html.js';
import type { Change } from './records.js';

const MAX_TEXT = 500;

/**
 * Asks for the reason and the reference of an act, and does it. The browser's own modal dialog keeps the focus, and gives
 * it back.
 */
export class ActDialog {
  private act: Act | null = null;
  private problem: string | null = null;
  private isBusy = false;
  private done: (text: string) => void = () => undefined;
  /** One case often needs several acts. */
  private reference = '';

  constructor(
    private readonly place: HTMLElement,
    private readonly api: Api,
  ) {}

  /** `done` gets the sentence to announce. */
  open(act: Act, done: (text: string) => void): void {
    [this.act, this.done, this.problem, this.isBusy] = [act, done, null, false];
    this.update();
    this.element?.showModal();
  }

  /** Without the act; a request on its way is not called back. */
  close(): void {
    this.element?.close();
    this.act = null;
    this.update();
  }

  /** Nothing of an operator is left for the next one. */
  forget(): void {
    this.close();
    this.reference = '';
  }

  private get element(): HTMLDialogElement | null {
    return this.place.querySelector('dialog');
  }

  private update(): void {
    render(this.act ? this.template(this.act) : nothing, this.place);
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { act, done } = this;
    if (!act || this.isBusy || !(event.target instanceof HTMLFormElement)) return;
    const texts = new FormData(event.target);
    const [reason, reference] = ['reason', 'reference'].map((name) => String(texts.get(name)).trim());
    [this.problem, this.isBusy, this.reference] = [null, true, reference ?? ''];
    this.update();
    try {
      const change = await this.api.post<Change | null>(act.path, { ...act.members, reason, reference });
      if (this.act === act) this.close();
      done(act.done(change ?? {}));
    } catch (error) {
      // The session is over, and the form to sign in says so
      if (error instanceof ApiError && error.status === 401) return;
      if (this.act !== act) return done(sentence(error));
      this.problem = sentence(error);
    } finally {
      this.isBusy = false;
      this.update();
    }
  };

  private template(act: Act): TemplateResult {
    return html`<dialog
      aria-labelledby="act-title"
      aria-describedby="act-effects"
      @cancel=${(event: Event) => this.isBusy && event.preventDefault()}
      @close=${() => this.act && this.close()}
    >
      <form @submit=${this.submit} aria-busy=${this.isBusy}>
        <h2 id="act-title"><bdi>${act.title}</bdi></h2>
        <ul id="act-effects">
          ${act.effects.map((effect) => html`<li>${effect}</li>`)}
        </ul>
        ${
          act.confirmation === undefined
            ? nothing
            : html`<label>
                <span>Type <code>${act.confirmation}</code> to confirm</span>
                <input
                  name="confirmation"
                  required
                  autofocus
                  autocomplete="off"
                  spellcheck="false"
                  pattern=${act.confirmation}
                  title=${act.confirmation}
                />
              </label>`
        }
        <label>
          <span>Reason <small>for the operators’ audit trail</small></span>
          <textarea
            name="reason"
            rows="3"
            required
            maxlength=${MAX_TEXT}
            ?autofocus=${act.confirmation === undefined}
          ></textarea>
        </label>
        <label>
          <span>Reference <small>such as the case; the tenants concerned see it</small></span>
          <input
            name="reference"
            required
            maxlength=${MAX_TEXT}
            autocomplete="off"
            .value=${this.reference}
          />
        </label>
        <p class="problem" role="alert">${this.problem}</p>
        <div class="buttons">
          <button type="button" @click=${() => this.close()} ?disabled=${this.isBusy}>Cancel</button>
          <button class=${act.isDangerous ? 'danger' : 'main'} aria-disabled=${this.isBusy}>
            ${this.isBusy ? 'Working…' : act.verb}
          </button>
        </div>
      </form>
    </dialog>`;
  }
}
