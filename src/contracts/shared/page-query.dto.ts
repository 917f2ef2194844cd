import { IsString, Matches } from 'class-validator';
import {
  CURSOR_FORM,
  DEFAULT_LIMIT,
  fromCursor,
  MAX_LIMIT,
  type PageRequest,
} from '../../common/pagination.js';
import { field, IntegerField } from './fields.js';

/** The query of every paginated list. */
export class PageQueryDto {
  @IntegerField({
    optional: true,
    inQuery: true,
    min: 1,
    max: MAX_LIMIT,
    description: `${DEFAULT_LIMIT} where it is absent`,
  })
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
