/** For `@RouteConfig`: the handler hashes a password for anybody, so the server refuses its requests early while it is full. */
export const HASHING = { hashesPassword: true } as const;
