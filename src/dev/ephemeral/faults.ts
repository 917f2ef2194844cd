import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';

export interface PendingFault {
  contract: string;
  operation: string;
  /** Method and path of the operation as Fastify writes them: `GET /tenants/:id`. */
  route: string;
  /** Calls that still get it. */
  times: number;
  delayMs?: number;
  code?: ErrorCode;
  retryAfterSeconds?: number;
  status?: number;
  body?: Record<string, unknown>;
  contentType?: string;
  reset?: boolean;
}

/** The answers that the next calls get in place of the real ones, before limits and credentials are looked at. */
export class Faults {
  private waiting: PendingFault[] = [];

  add(fault: PendingFault): void {
    this.waiting.push(fault);
  }

  list(): readonly PendingFault[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }

  /** An `onRequest` hook. Of calls that arrive together, each fault is for as many as it says. */
  async strike(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const fault = this.take(`${request.method} ${request.routeOptions.url}`);
    if (!fault) return;
    if (fault.delayMs !== undefined) await delay(fault.delayMs);
    if (fault.reset) {
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    }
    const { code, retryAfterSeconds, status, body, contentType } = fault;
    if (code !== undefined) throw new AppError(code, { retryAfterSeconds });
    if (status === undefined) return;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    void reply.status(status);
    if (body === undefined) return reply.send();
    return reply.header('content-type', contentType ?? mediaTypeFor(status)).send(JSON.stringify(body));
  }

  private take(route: string): PendingFault | undefined {
    const fault = this.waiting.find((one) => one.route === route);
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.waiting = this.waiting.filter((one) => one !== fault);
    return fault;
  }
}

const mediaTypeFor = (status: number): string =>
  status < 400 ? 'application/json' : 'application/problem+json';
