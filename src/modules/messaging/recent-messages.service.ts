import { Injectable } from '@nestjs/common';
import { type EncryptedContent, MessageEncryption } from './message-encryption.js';
import { MessageRecordsRepository, type StoredMessage } from './message-records.repository.js';
import { type Channel, isRecipient, type Template } from './outgoing-message.js';
import { renderHtml } from './templates/html.js';
import { renderText } from './templates/plain-text.js';

/** A message as its recipient sees it. Contains valid secrets: for development only. */
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

/** Reads the outbox for the development inbox, including messages that were delivered. */
@Injectable()
export class RecentMessagesService {
  constructor(
    private readonly records: MessageRecordsRepository,
    private readonly encryption: MessageEncryption,
  ) {}

  /** Newest first. `to`: an e-mail address or a phone number. */
  async list({ to, limit }: { to?: string; limit: number }): Promise<RecentMessage[]> {
    const recipientHashes = to === undefined ? null : this.hashesOf(to);
    const rows = await this.records.listRecent({ recipientHashes, limit });
    return rows.flatMap((row) => this.read(row) ?? []);
  }

  async find(id: string): Promise<RecentMessage | null> {
    const row = await this.records.findRecent(id);
    return row ? this.read(row) : null;
  }

  private hashesOf(to: string): Buffer[] {
    // A plus sign in a query string that was not percent-encoded arrives as a space
    const recipient = /^ ?\d+$/.test(to) ? `+${to.trim()}` : to;
    if (!isRecipient(recipient)) return [];
    return [
      ...this.encryption.recipientHashes('email', recipient),
      ...this.encryption.recipientHashes('sms', recipient),
    ];
  }

  /** Null if the row was encrypted with a key that is gone: one such row must not fail the whole list. */
  private read(row: StoredMessage): RecentMessage | null {
    const content = this.decrypt(row);
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
      createdAt: row.createdAt,
    };
  }

  private decrypt(row: StoredMessage): EncryptedContent | null {
    try {
      return this.encryption.decrypt(row.id, row.payloadEncrypted);
    } catch {
      return null;
    }
  }
}
