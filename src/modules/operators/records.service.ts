import { Injectable } from '@nestjs/common';
import { parseIdentifier } from '../../common/identifiers.js';
import { type Page, type PageRequest, toPage, toPageBy } from '../../common/pagination.js';
import { hashKeyText, isKeyText } from '../api-keys/key-text.js';
import { type EventsPageRequest, toEventCursor } from '../audit/event-place.js';
import type { MessageState } from '../messaging/message-records.repository.js';
import { MessageStatesService } from '../messaging/message-states.service.js';
import {
  type AuditRecord,
  type AuditRecordsQuery,
  AuditRecordsRepository,
} from './audit-records.repository.js';
import type { Viewer } from './operator-act.js';
import { OperatorTargets } from './operator-targets.service.js';
import { OperatorTrail } from './operator-trail.service.js';
import { KeyUnknown, PersonNotFound, TenantUnknown } from './operators.errors.js';
import { type Overview, OverviewRepository } from './overview.repository.js';
import {
  type KeyRecord,
  type PersonRecord,
  PersonRecordsRepository,
  type SessionRecord,
} from './person-records.repository.js';
import {
  type TenantRecord,
  TenantRecordsRepository,
  type TenantsQuery,
} from './tenant-records.repository.js';

/** What operators read. That a person was looked at is recorded in the operators' trail. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly tenants: TenantRecordsRepository,
    private readonly people: PersonRecordsRepository,
    private readonly events: AuditRecordsRepository,
    private readonly overview: OverviewRepository,
    private readonly messages: MessageStatesService,
    private readonly targets: OperatorTargets,
    private readonly trail: OperatorTrail,
  ) {}

  readOverview(): Promise<Overview> {
    return this.overview.read();
  }

  async listTenants(
    query: Omit<TenantsQuery, keyof PageRequest>,
    page: PageRequest,
  ): Promise<Page<TenantRecord>> {
    return toPage(await this.tenants.list({ ...query, after: page.after, limit: page.limit + 1 }), page);
  }

  /** Throws TenantUnknown. */
  async readTenant(id: string): Promise<TenantRecord & { members: number }> {
    const tenant = await this.tenants.find(id);
    if (!tenant) throw new TenantUnknown();
    return tenant;
  }

  /** By the exact e-mail address or phone number, in any notation. Throws PersonNotFound. */
  async findPerson(by: Viewer, identifier: string): Promise<PersonRecord> {
    return this.readPerson(by, await this.targets.personId(identifier));
  }

  /** Throws PersonNotFound. */
  async readPerson(by: Viewer, id: string): Promise<PersonRecord> {
    const person = await this.people.find(id);
    if (!person) throw new PersonNotFound();
    await this.trail.recordView(by, id);
    return person;
  }

  /** Throws PersonNotFound. */
  async listSessions(by: Viewer, userId: string): Promise<SessionRecord[]> {
    await this.readPerson(by, userId);
    return this.people.listSessions(userId);
  }

  /** Throws PersonNotFound. */
  async listKeys(by: Viewer, userId: string): Promise<KeyRecord[]> {
    await this.readPerson(by, userId);
    return this.people.listKeys(userId);
  }

  /** By the whole text of the key, such as one that was found in public. Throws KeyUnknown. */
  async findKey(by: Viewer, text: string): Promise<KeyRecord> {
    const key = isKeyText(text) ? await this.people.findKey(hashKeyText(text)) : null;
    if (!key) throw new KeyUnknown();
    await this.trail.recordView(by, key.userId);
    return key;
  }

  /** What became of the messages to an address or a number, whether or not somebody has it. Throws PersonNotFound. */
  async listMessages(by: Viewer, text: string): Promise<MessageState[]> {
    const identifier = parseIdentifier(text);
    if (!identifier) throw new PersonNotFound();
    const id = await this.targets.findPersonId(identifier);
    if (id !== null) await this.trail.recordView(by, id);
    return this.messages.list(identifier);
  }

  /** Newest first. */
  async listEvents(
    query: Omit<AuditRecordsQuery, keyof EventsPageRequest>,
    { after, limit }: EventsPageRequest,
  ): Promise<Page<AuditRecord>> {
    const records = await this.events.list({ ...query, after, limit: limit + 1 });
    const rows = records.map(({ micros, ...event }) => ({ event, place: { id: event.id, micros } }));
    const { data, nextCursor } = toPageBy(rows, limit, ({ place }) => toEventCursor(place));
    return { data: data.map(({ event }) => event), nextCursor };
  }
}
