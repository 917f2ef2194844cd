import type { Type } from '@nestjs/common';
import type { AppError } from '../../common/app-error.js';

/** A refusal on its way out, whatever raised it. */
export interface ErrorResponse {
  error: AppError;
  status: number;
  title: string;
  requestId: string;
}

/** How one contract tells of a refusal. Status and headers are the same everywhere. */
export interface ErrorRenderer {
  mediaType: string;
  /** Describes to the documents what `render` gives. */
  schema: Type;
  render(response: ErrorResponse): object;
}

/** A titled part of a contract's document: what one tag means. */
export interface Section {
  name: string;
  description: string;
}

/** A door: one published API with its base path, its dialect and its document. */
export interface Contract {
  name: string;
  title: string;
  description: string;
  /** Without a trailing slash; empty for the root. */
  basePath: string;
  module: Type;
  /** In the order in which somebody new tries its operations. */
  sections: readonly Section[];
  renderer: ErrorRenderer;
}

/** Chosen by where the request went, not by what raised the error: the nearest base path speaks. */
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
