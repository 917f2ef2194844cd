import { Module } from '@nestjs/common';
import { AnswerEncryption } from './answer-encryption.js';
import { EncryptedAnswersRepository } from './encrypted-answers.repository.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { RequestStepsService } from './request-steps.service.js';

@Module({
  providers: [
    AnswerEncryption,
    EncryptedAnswersRepository,
    IdempotencyRepository,
    IdempotencyService,
    RequestStepsService,
  ],
  exports: [EncryptedAnswersRepository, IdempotencyService, RequestStepsService],
})
export class IdempotencyModule {}
