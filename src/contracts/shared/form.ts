/** For `@RouteConfig`: the handler accepts a form as well as JSON, because its standard requires it. */
export const FORM = { consumes: 'application/x-www-form-urlencoded' } as const;

/** For `@RouteConfig`: the handler accepts nothing but a form. */
export const FORM_ONLY = { ...FORM, isFormOnly: true } as const;
