import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { newKeyText } from '../api-keys/key-text.js';
import { noteContents } from '../idempotency/running-request.js';
import type { AccountOwner, IssuedServiceAccount, NewServiceAccount } from './service-account.js';
import {
  ServiceAccountLimitReached,
  ServiceAccountNotFound,
  ServiceAccountWithoutSecret,
} from './service-accounts.errors.js';
import { ServiceAccountsRepository } from './service-accounts.repository.js';

/** What a secret begins with: secret scanners recognise it. */
const SECRET_PREFIX = 'cs_live_';
const MAX_ACCOUNTS = 50;

/** The steps that administrators and operators share. The caller has locked the owner, so that the limit is exact. */
@Injectable()
export class ServiceAccountIssuanceService {
  constructor(
    private readonly accounts: ServiceAccountsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Throws ServiceAccountLimitReached. */
  async create(
    tx: Transaction,
    owner: AccountOwner,
    id: string,
    { name, scopes, publicKeys }: NewServiceAccount & { scopes: string[] },
  ): Promise<IssuedServiceAccount> {
    if ((await this.accounts.count(tx, owner)) >= MAX_ACCOUNTS) throw new ServiceAccountLimitReached();
    await this.accounts.insert(tx, { id, ...owner, name, scopes, publicKeys: publicKeys ?? null });
    return this.issue(tx, owner, id, publicKeys === undefined);
  }

  /** Throws ServiceAccountNotFound or ServiceAccountWithoutSecret. */
  async rotate(
    tx: Transaction,
    owner: AccountOwner,
    id: string,
    overlapSeconds: number = this.config.API_KEY_ROTATION_OVERLAP_SECONDS,
  ): Promise<IssuedServiceAccount> {
    if (!(await this.accounts.lock(tx, owner, id))) throw new ServiceAccountNotFound();
    const account = await this.accounts.find(tx, owner, id);
    if (!account?.lastFour) throw new ServiceAccountWithoutSecret();
    await this.accounts.retireSecret(tx, id, overlapSeconds);
    return this.issue(tx, owner, id, true);
  }

  private async issue(
    tx: Transaction,
    owner: AccountOwner,
    id: string,
    withSecret: boolean,
  ): Promise<IssuedServiceAccount> {
    const secret = withSecret ? newKeyText(SECRET_PREFIX) : null;
    if (secret) {
      await this.accounts.insertSecret(tx, id, secret);
      noteContents({ apiKeySecret: secret.hash });
    }
    const account = await this.accounts.find(tx, owner, id);
    if (!account) throw new ServiceAccountNotFound();
    return { ...account, secret: secret?.text ?? null };
  }
}
