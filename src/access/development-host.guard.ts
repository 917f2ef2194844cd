import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { hostOf, isUnboundHost } from '../common/host.js';
import { CONFIG, type Config } from '../config/config.js';
import { HostNotAllowed } from './access.errors.js';

/**
 * Prevents DNS rebinding. A foreign page whose host name was rebound to this machine has, for the browser, the same
 * origin, and could read the development inbox. The request still carries that host name, so it is refused by it.
 */
@Injectable()
export class DevelopmentHostGuard implements CanActivate {
  private readonly own: ReadonlySet<string | null>;

  constructor(@Inject(CONFIG) { publicUrl, appUrl }: Config) {
    this.own = new Set([publicUrl, appUrl].map((url) => hostOf(new URL(url).host)));
  }

  canActivate(context: ExecutionContext): boolean {
    this.assertOwnHost(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** Throws HostNotAllowed. For files, which no handler serves and so no guard sees. */
  assertOwnHost({ raw }: FastifyRequest): void {
    const hosts = valuesOf(raw, 'host').map(hostOf);
    const claimed = [...hosts, ...hostsOfTarget(raw), ...valuesOf(raw, 'origin').map(hostOfOrigin)];
    if (hosts.length === 0 || !claimed.every((host) => this.isAllowed(host))) throw new HostNotAllowed();
  }

  private isAllowed(host: string | null): boolean {
    return host !== null && (isUnboundHost(host) || this.own.has(host));
  }
}

/**
 * Every value, as received: Node keeps only the first of several `Host` headers. Any client can set forwarded hosts, so
 * they are not read.
 */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** RFC 9112 §3.2.2: the host of a target in absolute form overrides `Host`. */
function hostsOfTarget({ url = '' }: IncomingMessage): (string | null)[] {
  return url.startsWith('/') ? [] : [hostOfOrigin(url)];
}

/** Null also for `null`, which a browser sends in place of an opaque origin. */
function hostOfOrigin(url: string): string | null {
  return URL.canParse(url) ? hostOf(new URL(url).host) : null;
}
