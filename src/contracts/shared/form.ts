/** For `@RouteConfig`: a handler that reads a form as well as JSON, because the standard it follows says so. */
export const FORM = { consumes: 'application/x-www-form-urlencoded' } as const;
