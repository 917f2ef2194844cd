import { ownerOf, type Seed } from './seed.js';

/** A mistake in a seed file, by RFC 6901 JSON pointer. */
export interface SeedProblem {
  path: string;
  detail: string;
  example?: unknown;
}

/** What the file says twice, or names and does not have. */
export function findBrokenReferences({ tenants, people, apiKeys, serviceAccounts }: Seed): SeedProblem[] {
  const lists = Object.entries({ tenants, people, apiKeys, serviceAccounts });
  const problems = lists.flatMap(([name, list]) => findRepeated(name, 'id', list));
  problems.push(...findRepeated('tenants', 'slug', tenants), ...findRepeated('people', 'email', people));
  problems.push(...findRepeated('people', 'phone', people), ...findRepeated('apiKeys', 'key', apiKeys));
  problems.push(...findRepeated('serviceAccounts', 'secret', serviceAccounts));
  const slugs = new Set(tenants.map(({ slug }) => slug));
  const requireTenant = (path: string, tenant: string) => {
    if (!slugs.has(tenant))
      problems.push({ path, detail: 'is the slug of no tenant of the file', example: tenants[0]?.slug });
  };
  for (const [n, { memberships = [] }] of people.entries()) {
    for (const [m, { tenant }] of memberships.entries())
      requireTenant(`/people/${n}/memberships/${m}/tenant`, tenant);
  }
  for (const [n, { tenant }] of serviceAccounts.entries())
    requireTenant(`/serviceAccounts/${n}/tenant`, tenant);
  for (const [n, key] of apiKeys.entries()) {
    const owner = people.find((one) => one.email === ownerOf(key) || one.phone === ownerOf(key));
    const path = `/apiKeys/${n}/${key.email === undefined ? 'phone' : 'email'}`;
    if (!owner)
      problems.push({
        path,
        detail: 'is that of no person of the file',
        example: people[0] && ownerOf(people[0]),
      });
    else if (!owner.memberships?.some(({ tenant }) => tenant === key.tenant))
      problems.push({
        path: `/apiKeys/${n}/tenant`,
        detail: 'is no tenant of the owner',
        example: owner.memberships?.[0]?.tenant,
      });
  }
  return problems;
}

function findRepeated(list: string, member: string, entries: object[]): SeedProblem[] {
  const first = new Map<unknown, number>();
  return entries.flatMap((entry, n): SeedProblem[] => {
    const value = (entry as Record<string, unknown>)[member];
    if (value === undefined) return [];
    const earlier = first.get(value);
    first.set(value, earlier ?? n);
    return earlier === undefined
      ? []
      : [{ path: `/${list}/${n}/${member}`, detail: `is that of /${list}/${earlier}` }];
  });
}
