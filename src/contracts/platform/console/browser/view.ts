import type { Act } from './acts.js';
import type { Api } from './api.js';
import type { TemplateResult } from './lit/lit-html.js';
import type { Person } from './records.js';

/** What the pages need of the console. */
export interface Context {
  readonly api: Api;
  /** Renders the page again. */
  update(): void;
  /** Opens the dialog of an act; `after` runs once it is done. */
  act(act: Act, after: () => Promise<void>): void;
  /** Says it in the live region, and shows it for a while. */
  announce(text: string): void;
  /** Opens another page. */
  go(fragment: string): void;
  /** Opens the page of a person who was read just now: reading them again would be recorded again. */
  show(person: Person): void;
}

export interface View {
  /** Heading of the page and title of the window. */
  readonly title: string;
  load(): Promise<void>;
  render(): TemplateResult;
}
