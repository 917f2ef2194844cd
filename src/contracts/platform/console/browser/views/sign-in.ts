import type { Api } from '../api.js';
import { Submission } from '../forms.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import { entryPage } from './entry-page.js';

interface Token {
  accessToken: string;
  expiresIn: number;
}

/** What the console gets from a sign-in. */
export interface SignedIn {
  email: string;
  expiresIn: number;
}

interface Doings {
  update(): void;
  signedIn(who: SignedIn): void;
  enrol(): void;
}

/** E-mail address, password and code, all three at once. */
export class SignIn {
  private readonly submission = new Submission(() => this.doings.update());

  /** `note` says why the form is there again. */
  constructor(
    private readonly api: Api,
    private readonly doings: Doings,
    private readonly note: string | null = null,
    private readonly email = '',
  ) {}

  render(): TemplateResult {
    return entryPage(
      'Sign in',
      html`
        ${this.note === null ? '' : html`<p class="note" role="status">${this.note}</p>`}
        <form @submit=${this.submit} aria-busy=${this.submission.isBusy}>
          <label>
            <span>E-mail address</span>
            <input
              name="email"
              type="email"
              autocomplete="username"
              required
              autocapitalize="none"
              spellcheck="false"
              .value=${this.email}
            />
          </label>
          <label>
            <span>Password</span>
            <input name="password" type="password" autocomplete="current-password" required />
          </label>
          <label>
            <span>Code of your authenticator app</span>
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
          <button class="main" aria-disabled=${this.submission.isBusy}>
            ${this.submission.isBusy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        <p class="soft">
          A session lasts an hour and ends with this page: a reload signs you out.
          <button type="button" class="link" @click=${() => this.doings.enrol()}>
            I have an enrolment token
          </button>
        </p>
      `,
    );
  }

  private readonly submit = (event: SubmitEvent): Promise<void> =>
    this.submission.run(event, async (text) => {
      const body = { email: text('email'), password: text('password'), code: text('code') };
      try {
        const { accessToken, expiresIn } = await this.api.post<Token>('auth/sign-in', body);
        this.api.use(accessToken);
        const { email } = await this.api.get<{ email: string }>('auth/me');
        this.doings.signedIn({ email, expiresIn });
      } catch (error) {
        this.api.leave();
        (event.target as HTMLFormElement).querySelector<HTMLInputElement>('.code')?.select();
        throw error;
      }
    });
}
