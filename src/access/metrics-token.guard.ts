import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config/config.js';
import { MetricsTokenRequired } from './access.errors.js';
import { bearerTextOf } from './credential.js';

/** Requires METRICS_TOKEN as a bearer token; admits every request if none is set. */
@Injectable()
export class MetricsTokenGuard implements CanActivate {
  private readonly expected: Buffer | null;

  constructor(@Inject(CONFIG) { METRICS_TOKEN: token }: Config) {
    this.expected = token === undefined ? null : digest(token);
  }

  canActivate(context: ExecutionContext): boolean {
    if (!this.expected) return true;
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!timingSafeEqual(digest(bearerTextOf(headers)), this.expected)) throw new MetricsTokenRequired();
    return true;
  }
}

/** A fixed-length value, for a comparison in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
