import { countOf } from '../formats.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import { Loaded } from '../loaded.js';
import { whenLoaded } from '../parts/elements.js';
import { eventTable } from '../parts/events.js';
import { PagedList } from '../parts/list.js';
import type { AuditEvent, Overview } from '../records.js';
import { auditAt, queryOf, tenantsAt } from '../routes.js';
import type { Context, View } from '../view.js';

const LATEST = '8';

interface Figure {
  label: string;
  count: number;
  href?: string;
  /** More than none is a reason to look. */
  isAlarming?: boolean;
}

export class OverviewView implements View {
  readonly title = 'Overview';
  private readonly overview: Loaded<Overview>;
  private readonly acts: PagedList<AuditEvent>;

  constructor(context: Context) {
    this.overview = new Loaded(
      () => context.api.get<Overview>('overview'),
      () => context.update(),
    );
    this.acts = new PagedList(
      context,
      (cursor) => `audit-events${queryOf({ scope: 'platform', limit: LATEST, cursor: cursor ?? undefined })}`,
    );
  }

  async load(): Promise<void> {
    await Promise.all([this.overview.load(), this.acts.load()]);
  }

  render(): TemplateResult {
    return html`
      <div class="heading">
        <h1 tabindex="-1">${this.title}</h1>
        <button type="button" @click=${() => this.load()}>Refresh</button>
      </div>
      <div class="figures-place">${whenLoaded(this.overview, (counts) => groups(counts))}</div>
      <section aria-labelledby="latest">
        <div class="heading">
          <h2 id="latest">Latest events of operators, or of no tenant</h2>
          <a href=${auditAt({ scope: 'platform' })}>All of them</a>
        </div>
        ${this.acts.render((events) => eventTable(events, { withTenant: false }))}
      </section>
    `;
  }
}

const groups = (counts: Overview): TemplateResult => html`
  <div class="figures">
    ${group('Tenants', [
      { label: 'All', count: counts.tenants, href: tenantsAt({}) },
      { label: 'Suspended', count: counts.suspendedTenants, href: tenantsAt({ status: 'suspended' }) },
      { label: 'Being deleted', count: counts.leavingTenants },
    ])}
    ${group('People', [{ label: 'Blocked', count: counts.blockedPeople, href: auditAt({ action: 'user.blocked' }) }])}
    ${group('Last hour', [
      { label: 'Sign-ins', count: counts.signIns },
      { label: 'Refused', count: counts.refusedSignIns, href: auditAt({ action: 'sign_in.refused' }) },
      { label: 'Messages failed', count: counts.failedMessages, isAlarming: true },
    ])}
    ${group('Waiting', [
      { label: 'E-mails', count: counts.waitingEmails },
      { label: 'Text messages', count: counts.waitingSms },
    ])}
  </div>
`;

const group = (title: string, figures: Figure[]): TemplateResult => html`
  <section class="figure-group" aria-label=${title}>
    <h2>${title}</h2>
    <dl>
      ${figures.map(
        ({ label, count, href, isAlarming }) =>
          html`<div class=${isAlarming && count > 0 ? 'alarming' : ''}>
            <dt>${href === undefined ? label : html`<a href=${href}>${label}</a>`}</dt>
            <dd>${countOf(count)}</dd>
          </div>`,
      )}
    </dl>
  </section>
`;
