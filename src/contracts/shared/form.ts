/** For `@RouteConfig`: the handler accepts a form as well as JSON, because its standard requires it. */
export const FORM = { consumes: 'application/x-www-form-urlencoded' } as const;
