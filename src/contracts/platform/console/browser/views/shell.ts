import { html, nothing, type TemplateResult } from '../lit/lit-html.js';
import type { Route } from '../routes.js';
import { mark } from './entry-page.js';

const PAGES = [
  ['#/', 'Overview', ['overview']],
  ['#/tenants', 'Tenants', ['tenants', 'tenant']],
  ['#/people', 'People', ['people', 'person']],
  ['#/audit', 'Audit trail', ['audit']],
] as const;

export interface ShellState {
  route: Route;
  email: string;
  minutesLeft: number;
  isNearEnd: boolean;
  find(text: string): void;
  signOut(): void;
}

/** What is around every page. */
export function shell(state: ShellState, content: TemplateResult): TemplateResult {
  const find = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get('text')).trim();
    if (text === '') return;
    form.reset();
    state.find(text);
  };
  return html`
    <header>
      <a class="brand" href="#/"
        >${mark}<span>Gatehouse <small>console</small></span></a
      >
      <nav aria-label="Pages">
        ${PAGES.map(
          ([address, name, pages]) =>
            html`<a
              href=${address}
              aria-current=${(pages as readonly string[]).includes(state.route.page) ? 'page' : nothing}
              >${name}</a
            >`,
        )}
      </nav>
      <form class="finder" role="search" aria-label="Find" @submit=${find}>
        <input
          id="finder"
          name="text"
          type="search"
          aria-label="Find a person or a tenant"
          aria-keyshortcuts="/"
          placeholder="E-mail, phone, id or tenant"
          maxlength="320"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
        />
      </form>
      <div class="account">
        <span class="who" title=${state.email}>${state.email}</span>
        <span class="left ${state.isNearEnd ? 'near' : ''}" title="Until this session ends">
          ${state.minutesLeft} min
        </span>
        <button type="button" @click=${() => state.signOut()}>Sign out</button>
      </div>
    </header>
    <main id="content" tabindex="-1">${content}</main>
  `;
}
