import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import type { Channel } from '../outgoing-message.js';
import { MailTransport } from './mail-transport.js';
import { SmsTransport } from './sms/sms-transport.js';
import type { Transport } from './transport.js';

/** The configured transports by channel. Messages of a channel without one stay in the outbox, undelivered. */
@Injectable()
export class MessageTransports {
  private readonly byChannel = new Map<Channel, Transport>();

  constructor(@Inject(CONFIG) config: Config) {
    const { smtpUrl: url, MAIL_FROM: from, DELIVERY_TRY_SECONDS: trySeconds } = config;
    if (url) this.byChannel.set('email', new MailTransport(url, from, trySeconds, config.smtpName));
    const sms = SmsTransport.from(config);
    if (sms) this.byChannel.set('sms', sms);
  }

  get configured(): [Channel, Transport][] {
    return [...this.byChannel];
  }

  has(channel: Channel): boolean {
    return this.byChannel.has(channel);
  }

  find(channel: Channel): Transport | null {
    return this.byChannel.get(channel) ?? null;
  }
}
