import type { Api } from '../api.js';
import { inGroups } from '../formats.js';
import { Submission } from '../forms.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import { pictureOf } from '../parts/qr-code.js';
import type { Enrolment } from '../records.js';
import { entryPage } from './entry-page.js';

interface Doings {
  update(): void;
  /** To the heading: what had the focus is gone. */
  focusHeading(): void;
  /** Back to the sign-in, which shows the note. */
  leave(note: string | null, email: string): void;
}

/** An operator sets password and authenticator up, with the token that the command printed. */
export class EnrolmentForm {
  private token = '';
  private found: Enrolment | null = null;
  private qrCode: HTMLCanvasElement | null = null;
  private readonly submission = new Submission(() => this.doings.update());

  constructor(
    private readonly api: Api,
    private readonly doings: Doings,
  ) {}

  render(): TemplateResult {
    return entryPage(
      'Set up your account',
      html`${this.found ? this.setUp(this.found) : this.readToken()}
        <p class="soft">
          <button type="button" class="link" @click=${() => this.doings.leave(null, '')}>
            Back to the sign-in
          </button>
        </p>`,
    );
  }

  private readToken(): TemplateResult {
    return html`<form @submit=${this.read} aria-busy=${this.submission.isBusy}>
      <label>
        <span>Enrolment token</span>
        <input name="token" type="password" required autocomplete="off" spellcheck="false" />
      </label>
      <p class="soft">The command that made your account printed it. It works once, for a day.</p>
      <p class="problem" role="alert">${this.submission.problem}</p>
      <button class="main" aria-disabled=${this.submission.isBusy}>Go on</button>
    </form>`;
  }

  private setUp({ email, secret, otpauthUri, setsPassword }: Enrolment): TemplateResult {
    return html`<form @submit=${this.confirm} aria-busy=${this.submission.isBusy}>
      <p>For <strong>${email}</strong></p>
      ${
        secret === null
          ? ''
          : html`<div class="secret">
              <p>1. Scan this with your authenticator app, or add the key, as a time-based one:</p>
              ${this.qrCode}
              <p><code>${inGroups(secret)}</code></p>
              ${otpauthUri === null ? '' : html`<p><a href=${otpauthUri}>Open the app on this device</a></p>`}
            </div>`
      }
      <input
        class="hidden"
        type="email"
        autocomplete="username"
        tabindex="-1"
        aria-hidden="true"
        .value=${email}
      />
      <label>
        <span>${setsPassword ? 'A new password' : 'Your present password'}</span>
        <input
          name="password"
          type="password"
          autocomplete=${setsPassword ? 'new-password' : 'current-password'}
          required
        />
      </label>
      <label>
        <span>The code that the app shows</span>
        <input
          class="code"
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          title="Six digits"
          required
        />
      </label>
      <p class="problem" role="alert">${this.submission.problem}</p>
      <button class="main" aria-disabled=${this.submission.isBusy}>Set up</button>
    </form>`;
  }

  private readonly read = (event: SubmitEvent): Promise<void> =>
    this.submission.run(event, async (text) => {
      this.token = text('token').trim();
      const found = await this.api.post<Enrolment>('auth/enrolment', { enrolmentToken: this.token });
      const label = 'QR code of the key below';
      this.qrCode = found.qrCode === null ? null : await pictureOf(found.qrCode, label).catch(() => null);
      this.found = found;
      this.doings.focusHeading();
    });

  private readonly confirm = (event: SubmitEvent): Promise<void> =>
    this.submission.run(event, async (text) => {
      const [password, code] = [text('password'), text('code')];
      await this.api.post('auth/enrolment/confirm', { enrolmentToken: this.token, password, code });
      const email = this.found?.email ?? '';
      this.doings.leave('You are set up. Sign in with the next code: each works once.', email);
    });
}
