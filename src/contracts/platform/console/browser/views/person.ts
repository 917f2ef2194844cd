import { actsOnPerson } from '../acts.js';
import { nameOf } from '../formats.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import { Loaded } from '../loaded.js';
import { keyTable, sessionTable } from '../parts/credentials.js';
import { Disclosure, type Part } from '../parts/disclosure.js';
import { badge, chosen, type Content, copyable, facts, time, whenLoaded } from '../parts/elements.js';
import { eventTable } from '../parts/events.js';
import { table } from '../parts/table.js';
import type { ApiKey, AuditEvent, Page, Person, Session } from '../records.js';
import { auditAt, tenantAt } from '../routes.js';
import type { Context, View } from '../view.js';
import { actButtons } from './act-buttons.js';
import { partsOf } from './identifier-parts.js';

export class PersonView implements View {
  private readonly person: Loaded<Person>;
  private readonly credentials: Part[];
  /** By identifier. */
  private readonly others = new Map<string, Part[]>();

  /** `known`: read just now. */
  constructor(
    private readonly context: Context,
    id: string,
    known: Person | null,
  ) {
    this.person = new Loaded(
      () => context.api.get<Person>(`people/${id}`),
      () => context.update(),
    );
    this.person.value = known;
    const sessions: Disclosure<Session[]> = new Disclosure<Session[]>(
      context,
      'Sessions',
      () => context.api.get<Session[]>(`people/${id}/sessions`),
      (found) => sessionTable(context, found, () => sessions.reload()),
    );
    const keys: Disclosure<ApiKey[]> = new Disclosure<ApiKey[]>(
      context,
      'API keys',
      () => context.api.get<ApiKey[]>(`people/${id}/api-keys`),
      (found) => keyTable(context, found, () => keys.reload()),
    );
    const trail = new Disclosure<Page<AuditEvent>>(
      context,
      'Events about the person',
      () => context.api.get<Page<AuditEvent>>(`audit-events?targetId=${id}&limit=20`),
      ({ data }) =>
        html`${eventTable(data, { withTenant: true })}<a href=${auditAt({ targetId: id })}>All of them</a>`,
    );
    this.credentials = [sessions, keys, trail];
  }

  get title(): string {
    return this.person.value ? nameOf(this.person.value) : 'Person';
  }

  async load(): Promise<void> {
    if (this.person.value === null) await this.person.load();
  }

  render(): TemplateResult {
    const { value } = this.person;
    return html`
      <div class="heading">
        <h1 tabindex="-1"><bdi>${this.title}</bdi></h1>
        ${value ? badge(value.status, value.status === 'leaving' ? 'being deleted' : value.status) : ''}
      </div>
      <div class="record-place">${whenLoaded(this.person, (person) => this.show(person))}</div>
    `;
  }

  /** After an act on the person everything may be different. */
  private readonly reload = async (): Promise<void> => {
    const parts = [...this.credentials, ...[...this.others.values()].flat()];
    await Promise.all([this.person.load(), ...parts.map((part) => part.reload())]);
  };

  private show(person: Person): TemplateResult {
    return html`
      ${actButtons(this.context, actsOnPerson(person), this.reload)}
      ${facts([
        ['E-mail', identifierOf(person.email, person.emailVerified)],
        ...(person.pendingEmail === null
          ? []
          : [['Changes to', chosen(person.pendingEmail)] as [string, Content]]),
        ['Phone', identifierOf(person.phone, person.phoneVerified)],
        ['Second factor', person.twoFactorEnabled ? badge('on') : badge('off')],
        ['Id', copyable(this.context, person.id, 'id')],
        ['Created', time(person.createdAt)],
        ...(person.deletionAt === null ? [] : [['Erased at', time(person.deletionAt)] as [string, Content]]),
      ])}
      <section aria-labelledby="memberships">
        <h2 id="memberships">Tenants</h2>
        ${table(
          'Tenants of the person',
          [
            {
              label: 'Tenant',
              cell: ({ tenantId, name }) =>
                html`<a class="strong" href=${tenantAt(tenantId)}>${chosen(name)}</a>`,
            },
            { label: 'Slug', cell: ({ slug }) => html`<code>${slug}</code>` },
            { label: 'Role', cell: ({ role }) => chosen(role) },
            { label: 'Membership', cell: ({ status }) => badge(status) },
          ],
          person.memberships,
          'The person is in no tenant.',
        )}
      </section>
      ${this.credentials.map((part) => part.render())}
      ${[person.email, person.phone].flatMap((identifier) =>
        identifier === null ? [] : this.partsOf(identifier).map((part) => part.render()),
      )}
    `;
  }

  private partsOf(identifier: string): Part[] {
    const parts = this.others.get(identifier) ?? partsOf(this.context, identifier);
    this.others.set(identifier, parts);
    return parts;
  }
}

const identifierOf = (identifier: string | null, isVerified: boolean): Content | Content[] =>
  identifier === null
    ? 'None'
    : [chosen(identifier), ' ', isVerified ? badge('verified') : badge('unverified', 'not verified')];
