import type { Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../../common/pagination.js';

/** The class of a list's items. `from` may need more than the row, the same for every row of a page. */
type ItemClass<Item, Row, More extends unknown[]> = Type<Item> & { from(row: Row, ...more: More): Item };

/**
 * Returns the base class of one page of a list: `class TeamPageDto extends pageOf(TeamDto) {}`. The name of the subclass
 * is the name of the schema, and its `from` makes every item with the `from` of the item's class.
 */
export function pageOf<Item, Row, More extends unknown[]>(item: ItemClass<Item, Row, More>) {
  class PageDto {
    @ApiProperty({ type: [item] })
    data: Item[];

    @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
    nextCursor: string | null;

    static from({ data, nextCursor }: Page<Row>, ...more: More): PageDto {
      return { data: data.map((row) => item.from(row, ...more)), nextCursor };
    }
  }
  return PageDto;
}
