import { OmitType } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';
import {
  EVENT_CURSOR_FORM,
  type EventsPageRequest,
  fromEventCursor,
} from '../../modules/audit/event-place.js';
import { field } from './fields.js';
import { PageQueryDto } from './page-query.dto.js';

/** The query of a list of audit events. */
export class EventsPageQueryDto extends OmitType(PageQueryDto, ['cursor']) {
  @field(
    { optional: true, description: '`nextCursor` of the page before' },
    { type: String, pattern: EVENT_CURSOR_FORM.source },
    IsString(),
    Matches(EVENT_CURSOR_FORM, { message: 'must be a cursor from an answer' }),
  )
  cursor?: string;

  static toRequest({ limit, cursor }: EventsPageQueryDto): EventsPageRequest {
    const after = cursor === undefined ? null : fromEventCursor(cursor);
    return { ...PageQueryDto.toRequest({ limit }), after };
  }
}
