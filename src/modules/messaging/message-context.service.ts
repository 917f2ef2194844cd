import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Product } from '../../common/products/product.js';
import { productAt, PRODUCTS } from '../../common/products/products.js';
import { isInBlockOf } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import { MessageEncryption } from './message-encryption.js';
import { channelOf, normaliseRecipient, type OtpMessage, type OutgoingMessage } from './outgoing-message.js';
import {
  type KnownReader,
  type ReaderChoices,
  type ReaderQuery,
  ReadersRepository,
  type Recipient,
} from './readers.repository.js';
import { senderName } from './sender.js';
import { renderMessage } from './templates/render-message.js';
import type { TemplateContext } from './templates/rendered-message.js';
import { acceptedLanguages } from './texts/accepted-languages.js';
import { textsFor } from './texts/message-texts.js';

/** Chooses the words of a message: those of the product at which it was requested, in the language of its reader. */
@Injectable()
export class MessageContextService {
  /** Codes that are requested in one tick share a statement; no result is cached. */
  private readonly recipients = new DataLoader<Recipient, KnownReader>(
    (recipients) => this.readers.findAllWithAddresses(this.database.autocommitAcrossTenants, [...recipients]),
    { cache: false, maxBatchSize: 64, batchScheduleFn: (dispatch) => setImmediate(dispatch) },
  );

  constructor(
    private readonly database: Database,
    private readonly readers: ReadersRepository,
    private readonly encryption: MessageEncryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The reader's own language, else the tenant's, else what the request accepts, else English. A message that nobody
   * requested is in the words of the first product.
   */
  async of(queries: Queries, message: OutgoingMessage): Promise<TemplateContext> {
    return this.chosen(message, await this.readers.find(queries, readerOf(message)));
  }

  /**
   * As `of`, outside of a transaction, for a code to sign in with. The same statement says whether the holder of the
   * identifier, if it is verified, has signed in from this address recently.
   */
  async ofCode(message: OtpMessage): Promise<{ context: TemplateContext; fromKnownAddress: boolean }> {
    const { recentAddresses, ...choices } = await this.recipients.load(readerOf(message));
    const fromKnownAddress = isInBlockOf(recentAddresses, message.origin.address);
    return { context: this.chosen(message, choices), fromKnownAddress };
  }

  private chosen({ origin }: OutgoingMessage, choices: ReaderChoices): TemplateContext {
    const product = productAt(origin.path ?? '/') ?? PRODUCTS[0];
    if (!product) throw new Error('There is no product');
    const { locale, timeZone, tenantLocale } = choices;
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

function readerOf(message: OutgoingMessage): ReaderQuery {
  const channel = channelOf(message);
  return {
    channel,
    to: normaliseRecipient(channel, message.to),
    userId: message.template === 'verify-email' ? (message.sender?.userId ?? null) : null,
    tenantId: 'tenantId' in message ? (message.tenantId ?? null) : null,
  };
}
