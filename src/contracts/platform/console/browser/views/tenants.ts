import { html, type TemplateResult } from '../lit/lit-html.js';
import { badge, chosen, time } from '../parts/elements.js';
import { PagedList } from '../parts/list.js';
import { table } from '../parts/table.js';
import type { Tenant } from '../records.js';
import { queryOf, tenantAt, type TenantFilters, tenantsAt } from '../routes.js';
import type { Context, View } from '../view.js';

const STATUSES = [
  ['', 'Any state'],
  ['active', 'Active'],
  ['suspended', 'Suspended'],
] as const;

export class TenantsView implements View {
  readonly title = 'Tenants';
  private readonly list: PagedList<Tenant>;

  constructor(
    private readonly context: Context,
    private readonly filters: TenantFilters,
  ) {
    this.list = new PagedList(
      context,
      (cursor) => `tenants${queryOf({ ...filters, limit: '50', cursor: cursor ?? undefined })}`,
    );
  }

  load(): Promise<void> {
    return this.list.load();
  }

  render(): TemplateResult {
    const { search = '', status = '' } = this.filters;
    return html`
      <div class="heading"><h1 tabindex="-1">${this.title}</h1></div>
      <form class="filters" role="search" aria-label="Filter tenants" @submit=${this.filter}>
        <label class="wide">
          <span>Part of the name or slug</span>
          <input type="search" name="search" maxlength="100" autocomplete="off" .value=${search} />
        </label>
        <label>
          <span>State</span>
          <select name="status">
            ${STATUSES.map(
              ([value, label]) =>
                html`<option value=${value} ?selected=${value === status}>${label}</option>`,
            )}
          </select>
        </label>
        <button class="main">Filter</button>
      </form>
      ${this.list.render((tenants) =>
        table(
          'Tenants, in the order of their creation',
          [
            {
              label: 'Name',
              cell: ({ id, name }) => html`<a class="strong" href=${tenantAt(id)}>${chosen(name)}</a>`,
            },
            { label: 'Slug', cell: ({ slug }) => html`<code>${slug}</code>` },
            { label: 'State', cell: (tenant) => stateOf(tenant) },
            { label: 'Created', cell: ({ createdAt }) => time(createdAt) },
          ],
          tenants,
          'No tenant is like that.',
        ),
      )}
    `;
  }

  private readonly filter = (event: SubmitEvent): void => {
    event.preventDefault();
    const values = new FormData(event.target as HTMLFormElement);
    const of = (name: string) => String(values.get(name)).trim();
    const address = tenantsAt({ search: of('search'), status: of('status') });
    if (address === location.hash) void this.load();
    else this.context.go(address);
  };
}

export const stateOf = ({ status, deletionAt }: Tenant): TemplateResult =>
  deletionAt === null ? badge(status) : badge('leaving', 'being deleted');
