import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { hostOf, isUnboundHost } from '../common/host.js';
import { CONFIG, type Config } from '../config/config.js';
import { HostNotAllowed } from './access.errors.js';

/**
 * Against DNS rebinding: a page of somebody else's whose name was bound to this machine is of one origin with it, as
 * far as a browser can tell, and reads what the development inbox answers. It cannot hide the name it came by.
 */
@Injectable()
export class DevelopmentHostGuard implements CanActivate {
  private readonly own: ReadonlySet<string | null>;

  constructor(@Inject(CONFIG) { publicUrl, appUrl }: Config) {
    this.own = new Set([publicUrl, appUrl].map((url) => hostOf(new URL(url).host)));
  }

  canActivate(context: ExecutionContext): boolean {
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    const hosts = valuesOf(raw, 'host').map(hostOf);
    const claimed = [...hosts, ...hostsOfTarget(raw), ...valuesOf(raw, 'origin').map(hostOfOrigin)];
    if (hosts.length === 0 || !claimed.every((host) => this.isAllowed(host))) throw new HostNotAllowed();
    return true;
  }

  private isAllowed(host: string | null): boolean {
    return host !== null && (isUnboundHost(host) || this.own.has(host));
  }
}

/** All of them, as they came: of several `Host`, Node keeps the first. Forwarded hosts are anybody's claim. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** RFC 9112 §3.2.2: a target with a host of its own outranks `Host`. */
function hostsOfTarget({ url = '' }: IncomingMessage): (string | null)[] {
  return url.startsWith('/') ? [] : [hostOfOrigin(url)];
}

/** Null also for `null`, the origin of whoever hides theirs. */
function hostOfOrigin(url: string): string | null {
  return URL.canParse(url) ? hostOf(new URL(url).host) : null;
}
