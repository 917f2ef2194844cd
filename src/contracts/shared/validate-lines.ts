import type { Type } from '@nestjs/common';
import { createValidationPipe } from '../../access/validation.js';
import { AppError } from '../../common/app-error.js';

const pipe = createValidationPipe();

/** Each line of a list by itself, exactly as a body of its own: its DTO, or how it was refused. */
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
