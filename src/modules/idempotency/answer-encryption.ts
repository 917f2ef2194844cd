import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';

/** Encrypts stored answers, which contain tokens and keys. */
@Injectable()
export class AnswerEncryption {
  constructor(private readonly keyring: Keyring) {}

  /** The record's id is the associated data: an answer that was moved to another record does not decrypt. */
  encrypt(id: Buffer, answer: unknown): Buffer {
    return this.keyring.encrypt('idempotency-answer', JSON.stringify(answer), id.toString('hex'));
  }

  decrypt(id: Buffer, encrypted: Buffer): unknown {
    return JSON.parse(this.keyring.decrypt('idempotency-answer', encrypted, id.toString('hex')));
  }
}
