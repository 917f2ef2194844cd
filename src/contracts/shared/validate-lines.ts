import type { Type } from '@nestjs/common';
import { createValidationPipe } from '../../access/validation.js';
import { AppError } from '../../common/app-error.js';

const pipe = createValidationPipe();

/** Validates each line of a list as if it were a body of its own. Returns its DTO or its error, in order. */
export function validateLines<T extends object>(type: Type<T>, lines: object[]): Promise<(T | AppError)[]> {
  return Promise.all(lines.map((line) => validateLine(type, line)));
}

async function validateLine<T extends object>(type: Type<T>, line: object): Promise<T | AppError> {
  try {
    return (await pipe.transform(line, { type: 'body', metatype: type })) as T;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
