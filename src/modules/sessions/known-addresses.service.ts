import { Injectable } from '@nestjs/common';
import { isInBlockOf } from '../../common/request-origin.js';
import { SessionsRepository } from './sessions.repository.js';

/**
 * The addresses a user signed in from recently. They authenticate nobody and grant nothing. They reserve a share of the
 * message limit for the account's owner, which requests from other addresses cannot use up.
 */
@Injectable()
export class KnownAddressesService {
  constructor(private readonly sessions: SessionsRepository) {}

  /** Returns false for null, after the same statement. */
  async isKnown(userId: string | null, address: string): Promise<boolean> {
    return isInBlockOf(await this.sessions.findRecentAddresses(userId), address);
  }
}
