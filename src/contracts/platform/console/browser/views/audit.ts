import { ACTION_GROUPS } from '../audit-actions.js';
import { actionOf } from '../formats.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import { eventTable } from '../parts/events.js';
import { PagedList } from '../parts/list.js';
import type { AuditEvent } from '../records.js';
import { AUDIT_FILTERS, auditAt, type AuditFilters, queryOf } from '../routes.js';
import type { Context, View } from '../view.js';

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const IDS = [
  ['tenantId', 'Tenant'],
  ['actorId', 'By whom'],
  ['targetId', 'On whom or what'],
] as const;

export class AuditView implements View {
  readonly title = 'Audit trail';
  private readonly list: PagedList<AuditEvent>;

  constructor(
    private readonly context: Context,
    private readonly filters: AuditFilters,
  ) {
    this.list = new PagedList(
      context,
      (cursor) => `audit-events${queryOf({ ...filters, limit: '50', cursor: cursor ?? undefined })}`,
    );
  }

  load(): Promise<void> {
    return this.list.load();
  }

  render(): TemplateResult {
    const { scope = '', action = '' } = this.filters;
    const option = (value: string, chosen: string, label: string) =>
      html`<option value=${value} ?selected=${value === chosen}>${label}</option>`;
    return html`
      <div class="heading">
        <h1 tabindex="-1">${this.title}</h1>
        <button type="button" @click=${() => this.load()}>Refresh</button>
      </div>
      <form class="filters" role="search" aria-label="Filter events" @submit=${this.filter}>
        <label>
          <span>Of</span>
          <select name="scope">
            ${option('', scope, 'All tenants')} ${option('platform', scope, 'Operators, and no tenant')}
          </select>
        </label>
        <label>
          <span>Action</span>
          <select name="action">
            ${option('', action, 'Any action')}
            ${ACTION_GROUPS.map(
              ([prefix, actions]) =>
                html`<optgroup label=${actionOf(prefix)}>
                  ${option(prefix, action, `${actionOf(prefix)}: all`)}
                  ${actions.map((name) => option(name, action, actionOf(name)))}
                </optgroup>`,
            )}
          </select>
        </label>
        ${IDS.map(
          ([name, label]) =>
            html`<label>
              <span>${label} <small>id</small></span>
              <input
                name=${name}
                pattern=${UUID}
                title="An id such as 01988b6e-7c1f-7000-8000-000000000001"
                autocomplete="off"
                spellcheck="false"
                .value=${this.filters[name] ?? ''}
              />
            </label>`,
        )}
        <button class="main">Filter</button>
        <a class="button" href=${auditAt({})}>Clear</a>
      </form>
      ${this.list.render((events) => eventTable(events, { withTenant: true }))}
    `;
  }

  private readonly filter = (event: SubmitEvent): void => {
    event.preventDefault();
    const values = new FormData(event.target as HTMLFormElement);
    const given = AUDIT_FILTERS.map((name) => [name, String(values.get(name) ?? '').trim()]);
    const address = auditAt(Object.fromEntries(given) as AuditFilters);
    if (address === location.hash) void this.load();
    else this.context.go(address);
  };
}
