import { type CallHandler, type ExecutionContext, type NestInterceptor, type Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { PLACEHOLDERS } from './docs/page/placeholders.js';

/** The account has a second factor: exchange its code and the temp token for tokens. */
export class SecondFactorRequiredDto {
  @ApiProperty({ enum: [true] })
  requiresTwoFactor: true;

  @ApiProperty({ example: PLACEHOLDERS.tempToken, description: 'Valid for `verify-2fa` only' })
  tempToken: string;

  constructor(tempToken: string) {
    this.requiresTwoFactor = true;
    this.tempToken = tempToken;
  }
}

/** Sets status 200 on a response that asks for a second factor, since nothing was created yet. */
export class SecondFactorStatus implements NestInterceptor {
  constructor(private readonly answer: Type) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((answered: unknown) => {
        if (answered instanceof this.answer) void reply.status(200);
      }),
    );
  }
}
