import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { renderHtml } from './templates/html.js';
import { renderText } from './templates/plain-text.js';
import { MessageEncryption, type EncryptedContent } from './message-encryption.js';
import { FIND_RECENT, LIST_RECENT } from './messages.queries.js';
import { type Channel, isRecipient, type Template } from './outgoing-message.js';

/** A message as its recipient sees it. Holds live secrets: for development only. */
export interface RecentMessage {
  id: string;
  channel: Channel;
  to: string;
  template: Template;
  subject: string;
  text: string;
  html: string;
  code?: string;
  link?: string;
  createdAt: Date;
}

interface MessageRow {
  id: string;
  channel: Channel;
  template: string;
  payload_encrypted: Buffer;
  created_at: Date;
}

/** Reads the outbox for the development inbox, whether or not a message was also delivered. */
@Injectable()
export class RecentMessagesService {
  constructor(
    private readonly database: Database,
    private readonly seal: MessageEncryption,
  ) {}

  /** Newest first; `to` is one recipient, an e-mail address or a phone number. */
  async list({ to, limit }: { to?: string; limit: number }): Promise<RecentMessage[]> {
    const hashes = to === undefined ? null : this.hashesOf(to);
    const rows = await this.database.manager.query<MessageRow[]>(LIST_RECENT, [hashes, limit]);
    return rows.flatMap((row) => this.read(row) ?? []);
  }

  async find(id: string): Promise<RecentMessage | null> {
    const [row] = await this.database.manager.query<MessageRow[]>(FIND_RECENT, [id]);
    return row ? this.read(row) : null;
  }

  private hashesOf(to: string): Buffer[] {
    // A plus sign that was not percent-encoded arrives as a blank.
    const recipient = /^ ?\d+$/.test(to) ? `+${to.trim()}` : to;
    if (!isRecipient(recipient)) return [];
    return [...this.seal.recipientHashes('email', recipient), ...this.seal.recipientHashes('sms', recipient)];
  }

  /** Null where the row was written under a key that is gone: one such row must not hide the others. */
  private read(row: MessageRow): RecentMessage | null {
    const content = this.open(row);
    if (!content) return null;
    const { to, rendered } = content;
    return {
      id: row.id,
      channel: row.channel,
      to,
      template: row.template.split(':')[0] as Template,
      subject: rendered.subject,
      text: renderText(rendered, row.channel),
      html: renderHtml(rendered),
      ...(rendered.code !== undefined && { code: rendered.code }),
      ...(rendered.action !== undefined && { link: rendered.action.link }),
      createdAt: row.created_at,
    };
  }

  private open(row: MessageRow): EncryptedContent | null {
    try {
      return this.seal.open(row.id, row.payload_encrypted);
    } catch {
      return null;
    }
  }
}
