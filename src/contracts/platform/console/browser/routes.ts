/** What the audit trail is filtered by: members of the query of the contract. */
export const AUDIT_FILTERS = ['tenantId', 'scope', 'actorId', 'targetId', 'action'] as const;
export const TENANT_FILTERS = ['search', 'status'] as const;

export type Filters<Name extends string> = Partial<Record<Name, string>>;
export type AuditFilters = Filters<(typeof AUDIT_FILTERS)[number]>;
export type TenantFilters = Filters<(typeof TENANT_FILTERS)[number]>;

export type Route =
  | { page: 'overview' | 'people' | 'unknown' }
  | { page: 'tenants'; filters: TenantFilters }
  | { page: 'tenant' | 'person'; id: string }
  | { page: 'audit'; filters: AuditFilters };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isId = (text: string): boolean => UUID.test(text);

/** Reads the fragment of the address, in which there is no identifier of a person but their id. */
export function routeOf(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#\/?/, '').split('?');
  const [page = '', id = '', ...rest] = path.split('/');
  const values = new URLSearchParams(query);
  if (rest.length > 0 || (id !== '' && !isId(id))) return { page: 'unknown' };
  if (id !== '') {
    if (page === 'tenants') return { page: 'tenant', id };
    return page === 'people' ? { page: 'person', id } : { page: 'unknown' };
  }
  if (page === '') return { page: 'overview' };
  if (page === 'people') return { page };
  if (page === 'tenants') return { page, filters: pick(values, TENANT_FILTERS) };
  return page === 'audit' ? { page, filters: pick(values, AUDIT_FILTERS) } : { page: 'unknown' };
}

const pick = <Name extends string>(values: URLSearchParams, names: readonly Name[]): Filters<Name> =>
  Object.fromEntries(
    names.flatMap((name) => (values.get(name) ? [[name, values.get(name)]] : [])),
  ) as Filters<Name>;

export const tenantAt = (id: string): string => `#/tenants/${id}`;
export const personAt = (id: string): string => `#/people/${id}`;
export const tenantsAt = (filters: TenantFilters): string => `#/tenants${queryOf(filters)}`;
export const auditAt = (filters: AuditFilters): string => `#/audit${queryOf(filters)}`;

/** Without the members that are absent or empty. */
export function queryOf(members: Record<string, string | undefined>): string {
  const given = Object.entries(members).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
