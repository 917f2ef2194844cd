import type { Type } from '@nestjs/common';
import type { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';
import type { JsonSchema } from './docs/schemas.js';

/** An error on its way to the client, whatever raised it. */
export interface ErrorResponse {
  error: AppError;
  status: number;
  title: string;
  requestId: string;
}

/** Renders errors in the form of one contract. Status and headers are the same in every contract. */
export interface ErrorRenderer {
  mediaType: string;
  /** Describes the body of `render` in the OpenAPI document. */
  schema: Type;
  /** Further classes that `narrow` refers to. */
  parts?: readonly Type[];
  /** Of the names of its examples, in a document that has another format beside it. */
  exampleSuffix?: string;
  /** What `schema` leaves open where an operation answers with these codes only. */
  narrow(codes: readonly ErrorCode[]): JsonSchema;
  render(response: ErrorResponse): object;
}

/** A section of a contract's document: the meaning of one tag. */
export interface Section {
  name: string;
  description: string;
}

/** A published API with its base path, its error format and its OpenAPI document. */
export interface Contract {
  name: string;
  title: string;
  description: string;
  /** Without a trailing slash; empty for the root. */
  basePath: string;
  module: Type;
  /** In the order in which a new reader tries the operations. */
  sections: readonly Section[];
  renderer: ErrorRenderer;
  /** The built module whose `answers` (`AnswerReaders`) the documentation page uses: an absolute path. */
  answers: string;
}

/**
 * The renderer of the contract with the longest base path that matches the request. What raised the error does not
 * matter.
 */
export function rendererFor(
  contracts: readonly Pick<Contract, 'basePath' | 'renderer'>[],
  requested: string,
  fallback: ErrorRenderer,
): ErrorRenderer {
  const path = requested.toLowerCase();
  const [nearest] = contracts
    .filter(({ basePath }) => path === basePath || path.startsWith(`${basePath}/`))
    .sort((a, b) => b.basePath.length - a.basePath.length);
  return nearest?.renderer ?? fallback;
}
