import { type Api, sentence } from '../api.js';
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
  private problem: string | null = null;
  private isBusy = false;

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
        <form @submit=${this.submit} aria-busy=${this.isBusy}>
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
              pattern="[0-9 ]{6,9}"
              title="Six digits"
              required
            />
          </label>
          <p class="problem" role="alert">${this.problem}</p>
          <button class="main" aria-disabled=${this.isBusy}>
            ${this.isBusy ? 'Signing in…' : 'Sign in'}
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

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    const form = event.target as HTMLFormElement;
    const { email, password, code } = Object.fromEntries(new FormData(form));
    [this.problem, this.isBusy] = [null, true];
    this.doings.update();
    try {
      const body = { email, password, code };
      const { accessToken, expiresIn } = await this.api.post<Token>('auth/sign-in', body);
      this.api.use(accessToken);
      const me = await this.api.get<{ email: string }>('auth/me');
      this.doings.signedIn({ email: me.email, expiresIn });
    } catch (error) {
      this.problem = sentence(error);
      form.querySelector<HTMLInputElement>('.code')?.select();
    }
    this.isBusy = false;
    this.doings.update();
  };
}
