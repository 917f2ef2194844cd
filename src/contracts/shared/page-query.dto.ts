import { Transform } from 'class-transformer';
import { IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { CURSOR_FORM, fromCursor, type PageRequest } from '../../common/pagination.js';
import { field } from './fields.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** The query of every list that comes in pages. */
export class PageQueryDto {
  @field(
    { optional: true },
    { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    // Digits only: Number() would take '0x10', '1e1' and ''
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value,
    ),
    IsInt(),
    Min(1),
    Max(MAX_LIMIT),
  )
  limit?: number;

  @field(
    { optional: true, description: '`nextCursor` of the page before' },
    { type: String, pattern: CURSOR_FORM.source },
    IsString(),
    Matches(CURSOR_FORM, { message: 'must be a cursor from an answer' }),
  )
  cursor?: string;

  static toRequest({ limit = DEFAULT_LIMIT, cursor }: PageQueryDto): PageRequest {
    return { limit, after: cursor === undefined ? null : fromCursor(cursor) };
  }
}
