import { Inject, Injectable, Logger } from '@nestjs/common';
import { fail, type SpanDescription, tracedAnew } from '../../../common/tracing.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { MessageEncryption } from '../message-encryption.js';
import type { Channel } from '../outgoing-message.js';
import { DeliveryRepository, type DueMessage, MAX_UNANSWERED_TRIES } from './delivery.repository.js';
import { DeliveryLeases } from './delivery-leases.js';
import { MessageTransports } from './message-transports.js';
import { DeliveryFailed, DeliveryRefused, DeliveryUnanswered } from './transport.js';

/** Together these tries span a day. */
const MAX_TRIES = 17;

/** Delivers messages, by e-mail and by SMS in the same steps: at least once, at most twice, never after expiry. */
@Injectable()
export class DeliveryWorker {
  private readonly logger = new Logger('MessageDelivery');

  constructor(
    private readonly repository: DeliveryRepository,
    private readonly leases: DeliveryLeases,
    private readonly transports: MessageTransports,
    private readonly encryption: MessageEncryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Leases up to `count` due messages, which `process` must then get. A try of each is counted, and committed. */
  async take(channel: Channel, count: number): Promise<DueMessage[]> {
    const { due, givenUp } = await this.repository.take(channel, count);
    for (const id of givenUp) this.logGivenUp(id, 'EUNANSWERED');
    return due;
  }

  /**
   * Makes one try to deliver the message. A crash between the transport's acceptance and its record makes a duplicate
   * with the same id, never a loss. Rejects only if the database fails: another try then follows when the lease ends.
   */
  async process(message: DueMessage): Promise<void> {
    const lost = this.leases.hold(message);
    try {
      await tracedAnew(deliverySpan(message), async (span) => {
        const failure = await this.deliver(message, lost).catch(asFailure);
        if (failure) fail(span, codeOf(failure));
        if (failure) await this.failed(message, failure);
        else await this.repository.close(message, 'sent');
      });
    } finally {
      this.leases.release(message);
    }
  }

  private async deliver(message: DueMessage, lost: AbortSignal): Promise<void> {
    const transport = this.transports.find(message.channel);
    if (!transport) throw new DeliveryFailed({ code: 'ENOTRANSPORT' });
    const { id, createdAt, expiresAt, remainingMs } = message;
    const { to, rendered } = this.encryption.decrypt(id, message.payloadEncrypted);
    const tryMs = Math.min(this.config.DELIVERY_TRY_SECONDS * 1000, Math.ceil(remainingMs));
    const signal = AbortSignal.any([lost, AbortSignal.timeout(tryMs)]);
    await transport.deliver({ id, to, rendered, createdAt, expiresAt, remainingMs }, signal);
  }

  private async failed(message: DueMessage, failure: DeliveryFailed): Promise<void> {
    const isAnswered = !(failure instanceof DeliveryUnanswered);
    const isLast = isAnswered
      ? failure instanceof DeliveryRefused || message.tries >= MAX_TRIES
      : message.unansweredTries >= MAX_UNANSWERED_TRIES;
    const why = codeOf(failure);
    if (isLast) {
      this.logGivenUp(message.id, why);
      return this.repository.close(message, 'failed');
    }
    this.logger.warn(`Message ${message.id} was not delivered (${why}); it will be tried again`);
    return this.repository.retryLater(message, { isAnswered });
  }

  private logGivenUp(id: string, why: string): void {
    this.logger.error(`Message ${id} was not delivered (${why}); it is given up`);
  }
}

/** A trace of its own: the message may be sent long after the request that caused it, and by another server. */
function deliverySpan({ id, channel, tries }: DueMessage): SpanDescription {
  return {
    name: `deliver ${channel}`,
    attributes: {
      'gatehouse.message_id': id,
      'gatehouse.message_channel': channel,
      'gatehouse.message_tries': tries,
    },
  };
}

function codeOf({ reason }: DeliveryFailed): string {
  return [reason.code, reason.response].filter(Boolean).join(' ');
}

function asFailure(error: unknown): DeliveryFailed {
  return error instanceof DeliveryFailed ? error : new DeliveryFailed({ code: 'EINTERNAL' });
}
