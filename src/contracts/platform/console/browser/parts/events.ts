import { actionOf, visible } from '../formats.js';
import { html, nothing, type TemplateResult } from '../lit/lit-html.js';
import type { AuditEvent, Party } from '../records.js';
import { auditAt, personAt, tenantAt } from '../routes.js';
import { badge, type Content, facts, linkOf, time } from './elements.js';
import { table } from './table.js';

/** Whoever has a page is a link to it; the others lead to their events. */
function party({ kind, id }: Party): Content {
  const word = kind.replaceAll('_', ' ');
  if (id === null) return word;
  const address =
    kind === 'user'
      ? personAt(id)
      : kind === 'tenant'
        ? tenantAt(id)
        : auditAt({ [kind === 'operator' ? 'actorId' : 'targetId']: id });
  return html`${word} ${linkOf(address, id)}`;
}

const text = (value: unknown): string => visible(typeof value === 'string' ? value : JSON.stringify(value));

function details({ address, userAgent, requestId, detail, id }: AuditEvent): TemplateResult {
  const { reason, reference, ...others } = detail;
  return html`${reason === undefined ? nothing : html`<p class="why"><bdi>${text(reason)}</bdi></p>`}
    ${reference === undefined ? nothing : html`<p class="why soft"><bdi>${text(reference)}</bdi></p>`}
    <details class="more-of-event">
      <summary>More</summary>
      ${facts([
        ...Object.entries(others).map(([name, value]): [string, Content] => [
          name,
          html`<bdi>${text(value)}</bdi>`,
        ]),
        ['Address', address ?? 'None'],
        ['Program', html`<bdi>${userAgent === null ? 'None' : visible(userAgent)}</bdi>`],
        ['Request', requestId === null ? 'None' : html`<code>${visible(requestId)}</code>`],
        ['Event', html`<code>${id}</code>`],
      ])}
    </details>`;
}

/** `withTenant`: they may be of several. */
export function eventTable(events: AuditEvent[], { withTenant }: { withTenant: boolean }): TemplateResult {
  const tenant = ({ tenantId }: AuditEvent): Content =>
    tenantId === null ? html`<span class="soft">none</span>` : linkOf(tenantAt(tenantId), tenantId);
  return table(
    'Events, newest first',
    [
      { label: 'Time', cell: ({ occurredAt }) => time(occurredAt) },
      {
        label: 'Action',
        cell: ({ action, outcome }) => [
          html`<span title=${action}>${actionOf(action)}</span> `,
          outcome === 'refused' ? badge('refused') : nothing,
        ],
      },
      { label: 'By', cell: ({ actor }) => party(actor) },
      {
        label: 'On',
        cell: ({ target }) => (target === null ? html`<span class="soft">none</span>` : party(target)),
      },
      ...(withTenant ? [{ label: 'Tenant', cell: tenant }] : []),
      { label: 'Why', cell: details },
    ],
    events,
    'There are no such events.',
  );
}
