import { IntegerField } from './value-fields.js';
import { WordField } from './fields.js';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

/** Which page of a list. */
export class PageQueryDto {
  @IntegerField({
    optional: true,
    query: true,
    min: 1,
    max: MAX_PAGE,
    description: `${DEFAULT_PAGE} where it is absent`,
  })
  limit: number = DEFAULT_PAGE;

  @WordField({ optional: true, description: 'The `nextCursor` of the page before' })
  cursor?: string;
}
