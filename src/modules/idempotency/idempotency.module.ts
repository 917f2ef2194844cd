import { Module } from '@nestjs/common';
import { AnswerEncryption } from './answer-encryption.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { RequestStepsService } from './request-steps.service.js';

@Module({
  providers: [AnswerEncryption, IdempotencyRepository, IdempotencyService, RequestStepsService],
  exports: [IdempotencyService, RequestStepsService],
})
export class IdempotencyModule {}
