import type { operations } from './generated/types.js';

/** The name of an operation of the primary contract: `login`, `listMembers`. */
export type OperationId = keyof operations;

type Content<T> = T extends { content: infer C } ? C[keyof C] : undefined;
type Responses<Id extends OperationId> = operations[Id]['responses'];
type Failed<Id extends OperationId> = Exclude<keyof Responses<Id>, 200 | 201 | 202 | 204>;

type Parameter<Id extends OperationId, Kind extends 'path' | 'query'> = Exclude<
  operations[Id]['parameters'] extends { [K in Kind]?: infer P } ? P : never,
  undefined
>;

type Body<Id extends OperationId> = operations[Id] extends { requestBody: { content: infer C } }
  ? { body: C[keyof C] }
  : operations[Id] extends { requestBody?: { content: infer C } }
    ? { body?: C[keyof C] }
    : { body?: never };

type Member<Name extends string, Value> = [Value] extends [never]
  ? { [K in Name]?: never }
  : Record<string, never> extends Value
    ? { [K in Name]?: Value }
    : { [K in Name]: Value };

/** What a call of the operation takes. */
export type Input<Id extends OperationId> = Body<Id> &
  Member<'path', Parameter<Id, 'path'>> &
  Member<'query', Parameter<Id, 'query'>> & {
    signal?: AbortSignal;
    /** Such as `Idempotency-Key`. */
    headers?: Record<string, string>;
  };

/** What the operation answers with when it succeeds. */
export type Answer<Id extends OperationId> = {
  [Status in keyof Responses<Id> & (200 | 201 | 202 | 204)]: Content<Responses<Id>[Status]>;
}[keyof Responses<Id> & (200 | 201 | 202 | 204)];

/** Why the operation refuses (RFC 9457). `code` is the union of the codes that it documents: switch on it. */
export type Problem<Id extends OperationId> = {
  [Status in Failed<Id>]: Content<Responses<Id>[Status]>;
}[Failed<Id>];

export type Result<Id extends OperationId> =
  | { ok: true; data: Answer<Id>; problem?: never }
  | { ok: false; problem: Problem<Id>; data?: never; retryAfterSeconds: number | null };

/** The second argument of a call: absent where the operation needs nothing. */
export type Arguments<Id extends OperationId> =
  Record<string, never> extends Input<Id> ? [input?: Input<Id>] : [input: Input<Id>];
