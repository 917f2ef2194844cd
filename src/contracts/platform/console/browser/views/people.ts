import { ApiError, sentence } from '../api.js';
import { visible } from '../formats.js';
import { html, nothing, type TemplateResult } from '../lit/lit-html.js';
import { keyTable } from '../parts/credentials.js';
import type { Part } from '../parts/disclosure.js';
import { problem } from '../parts/elements.js';
import type { ApiKey, Person } from '../records.js';
import { isId, personAt } from '../routes.js';
import type { Context, View } from '../view.js';
import { partsOf } from './identifier-parts.js';

/** Finds people by what they know of themselves: there is no list of them to look through. */
export class PeopleView implements View {
  readonly title = 'People';
  private problem: string | null = null;
  private keyProblem: string | null = null;
  private key: ApiKey | null = null;
  /** An identifier that nobody has. */
  private unknown: { identifier: string; parts: Part[] } | null = null;

  constructor(private readonly context: Context) {}

  async load(): Promise<void> {
    // Nothing is shown before somebody looks for it
  }

  /** Opens the person's page, or says that there is none. */
  async find(identifier: string): Promise<void> {
    [this.problem, this.unknown] = [null, null];
    if (isId(identifier)) return this.context.go(personAt(identifier));
    try {
      this.context.show(await this.context.api.post<Person>('people/find', { identifier }));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_found')
        this.unknown = { identifier, parts: partsOf(this.context, identifier) };
      else this.problem = sentence(error);
      if (this.unknown) this.context.announce('Nobody has it.');
    }
    this.context.update();
  }

  render(): TemplateResult {
    return html`
      <div class="heading"><h1 tabindex="-1">${this.title}</h1></div>
      <form class="filters" role="search" aria-label="Find a person" @submit=${this.submit}>
        <label class="wide">
          <span>E-mail address, phone number or id</span>
          <input
            name="identifier"
            required
            maxlength="320"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
          />
        </label>
        <button class="main">Find</button>
      </form>
      <p class="soft">
        The whole address or number, in any notation. Whom you look at is in the audit trail.
      </p>
      ${problem(this.problem)}
      ${
        this.unknown === null
          ? nothing
          : html`<section aria-label="Not found">
              <p class="none">Nobody has <bdi>${visible(this.unknown.identifier)}</bdi>.</p>
              ${this.unknown.parts.map((part) => part.render())}
            </section>`
      }
      <section aria-labelledby="key">
        <h2 id="key">Whose is this API key?</h2>
        <form class="filters" aria-label="Find an API key" @submit=${this.findKey}>
          <label class="wide">
            <span>The whole key, such as one that was found in public</span>
            <input name="key" type="password" required autocomplete="off" spellcheck="false" />
          </label>
          <button>Find the key</button>
        </form>
        ${problem(this.keyProblem)}
        ${this.key === null ? nothing : keyTable(this.context, [this.key], this.markRevoked, true)}
      </section>
    `;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = new FormData(event.target as HTMLFormElement).get('identifier');
    void this.find(String(text).trim());
  };

  private readonly findKey = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const key = String(new FormData(event.target as HTMLFormElement).get('key')).trim();
    [this.keyProblem, this.key] = [null, null];
    try {
      this.key = await this.context.api.post<ApiKey>('api-keys/find', { key });
      this.context.announce('Found the key.');
    } catch (error) {
      this.keyProblem =
        error instanceof ApiError && error.code === 'not_found' ? 'There is no such key.' : sentence(error);
    }
    this.context.update();
  };

  private readonly markRevoked = async (): Promise<void> => {
    if (this.key) this.key = { ...this.key, revokedAt: new Date().toISOString() };
    this.context.update();
  };
}
