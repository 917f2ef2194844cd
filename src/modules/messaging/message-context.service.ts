import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Product } from '../../common/products/product.js';
import { productAt, PRODUCTS } from '../../common/products/products.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import { MessageEncryption } from './message-encryption.js';
import { channelOf, normaliseRecipient, type OutgoingMessage } from './outgoing-message.js';
import { ReadersRepository } from './readers.repository.js';
import { senderName } from './sender.js';
import { renderMessage } from './templates/render-message.js';
import type { TemplateContext } from './templates/rendered-message.js';
import { acceptedLanguages } from './texts/accepted-languages.js';
import { textsFor } from './texts/message-texts.js';

/** Chooses the words of a message: those of the product at which it was requested, in the language of its reader. */
@Injectable()
export class MessageContextService {
  constructor(
    private readonly database: Database,
    private readonly readers: ReadersRepository,
    private readonly encryption: MessageEncryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The reader's own language, else the tenant's, else what the request accepts, else English. A message that nobody
   * requested is in the words of the first product. Without `queries` it reads outside of a transaction.
   */
  async of(queries: Queries | null, message: OutgoingMessage): Promise<TemplateContext> {
    const { origin } = message;
    const product = productAt(origin.path ?? '/') ?? PRODUCTS[0];
    if (!product) throw new Error('There is no product');
    const channel = channelOf(message);
    const { locale, timeZone, tenantLocale } = await this.readers.find(
      queries ?? this.database.autocommitAcrossTenants,
      {
        channel,
        to: normaliseRecipient(channel, message.to),
        userId: message.template === 'verify-email' ? (message.sender?.userId ?? null) : null,
        tenantId: 'tenantId' in message ? (message.tenantId ?? null) : null,
      },
    );
    const languages = [locale, tenantLocale, ...acceptedLanguages(origin.acceptLanguage)];
    return { ...this.brandOf(product), texts: textsFor(product, { languages, timeZone }) };
  }

  /** The rendered message, encrypted. `suppressed`: as many random bytes, which nobody can deliver. */
  encrypt(
    id: string,
    message: OutgoingMessage,
    context: TemplateContext,
    { suppressed }: { suppressed: boolean },
  ): Buffer {
    const encrypted = this.encryption.encrypt(id, {
      to: normaliseRecipient(channelOf(message), message.to),
      rendered: renderMessage(message, context),
    });
    return suppressed ? randomBytes(encrypted.length) : encrypted;
  }

  private brandOf({ appUrl, sender }: Product): Pick<TemplateContext, 'appUrl' | 'sender' | 'from'> {
    return {
      appUrl: appUrl ?? this.config.appUrl,
      sender: sender?.name ?? senderName(this.config.MAIL_FROM),
      from: sender && { name: sender.name, address: sender.address },
    };
  }
}
