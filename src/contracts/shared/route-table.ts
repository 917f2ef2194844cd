interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

/** The methods that each path supports, to distinguish an unsupported method from an unknown path. */
export class RouteTable {
  private readonly routes = new Map<string, Route>();

  /** `url` is the router's pattern, with `:name` for a parameter. */
  add(method: string | string[], url: string): void {
    const route = this.routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const one of [method].flat()) route.methods.add(one);
    this.routes.set(url, route);
  }

  methodsAt(path: string): string[] {
    const matching = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  }
}

function toPattern(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
