/** Every `resource.action`, in order. */
export function listPermissions(resources: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(resources).flatMap(([resource, actions]) =>
    actions.map((action) => `${resource}.${action}`),
  );
}

/** Those of `all` that one of the patterns fits: `*`, `invoices.*`, `*.view` or a permission. */
export function expandPermissions(patterns: readonly string[], all: readonly string[]): string[] {
  return all.filter((permission) => patterns.some((pattern) => fits(pattern, permission)));
}

function fits(pattern: string, permission: string): boolean {
  const [resource = '', action = ''] = permission.split('.');
  return ['*', `${resource}.*`, `*.${action}`, permission].includes(pattern);
}
