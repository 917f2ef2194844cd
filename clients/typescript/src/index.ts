export { type ClientOptions, createClient, type GatehouseClient } from './client.js';
export type { components } from './generated/types.js';
export type { Answer, Input, OperationId, Problem, Result } from './operations.js';
export { memoryStore, type Tokens, type TokenStore } from './tokens.js';
