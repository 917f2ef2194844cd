import type { Person } from '../records.js';
import type { Route } from '../routes.js';
import type { Context, View } from '../view.js';
import { AuditView } from './audit.js';
import { OverviewView } from './overview.js';
import { PeopleView } from './people.js';
import { PersonView } from './person.js';
import { TenantView } from './tenant.js';
import { TenantsView } from './tenants.js';

/** The page of an address; null if there is none. `known`: a person who was read just now. */
export function viewOf(context: Context, route: Route, known: Person | null): View | null {
  switch (route.page) {
    case 'overview':
      return new OverviewView(context);
    case 'tenants':
      return new TenantsView(context, route.filters);
    case 'tenant':
      return new TenantView(context, route.id);
    case 'people':
      return new PeopleView(context);
    case 'person':
      return new PersonView(context, route.id, known?.id === route.id ? known : null);
    case 'audit':
      return new AuditView(context, route.filters);
    case 'unknown':
      return null;
  }
}
