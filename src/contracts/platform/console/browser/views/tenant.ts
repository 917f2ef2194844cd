import { actsOnTenant } from '../acts.js';
import { visible } from '../formats.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import { Loaded } from '../loaded.js';
import { chosen, type Content, copyable, facts, time, whenLoaded } from '../parts/elements.js';
import { eventTable } from '../parts/events.js';
import { PagedList } from '../parts/list.js';
import type { AuditEvent, TenantDetail } from '../records.js';
import { auditAt, queryOf } from '../routes.js';
import type { Context, View } from '../view.js';
import { actButtons } from './act-buttons.js';
import { stateOf } from './tenants.js';

export class TenantView implements View {
  private readonly tenant: Loaded<TenantDetail>;
  private readonly events: PagedList<AuditEvent>;

  constructor(
    private readonly context: Context,
    private readonly id: string,
  ) {
    this.tenant = new Loaded(
      () => context.api.get<TenantDetail>(`tenants/${id}`),
      () => context.update(),
    );
    this.events = new PagedList(
      context,
      (cursor) => `audit-events${queryOf({ tenantId: id, limit: '20', cursor: cursor ?? undefined })}`,
    );
  }

  get title(): string {
    return visible(this.tenant.value?.name ?? 'Tenant');
  }

  async load(): Promise<void> {
    await Promise.all([this.tenant.load(), this.events.load()]);
  }

  render(): TemplateResult {
    return html`
      <div class="heading">
        <h1 tabindex="-1"><bdi>${this.title}</bdi></h1>
        ${this.tenant.value ? stateOf(this.tenant.value) : ''}
      </div>
      <div class="record-place">
        ${whenLoaded(
          this.tenant,
          (tenant) => html`
            ${actButtons(this.context, actsOnTenant(tenant), () => this.load())}
            ${facts([
              ['Slug', html`<code>${tenant.slug}</code>`],
              ['Id', copyable(this.context, tenant.id, 'id')],
              ['Business type', tenant.businessType === null ? 'None' : chosen(tenant.businessType)],
              ['Members', tenant.members],
              ['Created', time(tenant.createdAt)],
              ...(tenant.deletionAt === null
                ? []
                : [['Erased at', time(tenant.deletionAt)] as [string, Content]]),
            ])}
          `,
        )}
      </div>
      <section aria-labelledby="trail">
        <div class="heading">
          <h2 id="trail">Audit trail</h2>
          <a href=${auditAt({ tenantId: this.id })}>Filter it</a>
        </div>
        ${this.events.render((events) => eventTable(events, { withTenant: false }))}
      </section>
    `;
  }
}
