import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import type { Tx } from '../../database/database.js';
import { MessagesService } from './messages.service.js';
import type { NoticeEvent, NoticeExtras } from './outgoing-message.js';

/** Whoever is told: the address as it was before the change. */
export interface Notified {
  email: string | null;
  firstName: string;
}

/** Tells people what happened to their account. */
@Injectable()
export class NoticesService {
  constructor(private readonly messages: MessagesService) {}

  /**
   * Records the notice in the caller's transaction; nothing for a person without an e-mail address. No other message
   * uses up its budget, and beyond that budget (the same event, again and again) it is left out in silence.
   */
  async send(
    tx: Tx,
    person: Notified,
    event: NoticeEvent,
    client: Client,
    extras: NoticeExtras = {},
  ): Promise<void> {
    if (person.email === null) return;
    await this.messages.send(tx, {
      template: 'notice',
      to: person.email,
      firstName: person.firstName,
      event,
      at: new Date(),
      address: client.address,
      ...extras,
    });
  }
}
