import { Injectable, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS } from './authorize.js';

/** Stops the start of a server that has a handler without a declared access. */
@Injectable()
export class DeclaredAccess implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const undeclared = this.discovery
      .getControllers()
      .flatMap(({ metatype, name }) =>
        this.undeclaredOf(metatype?.prototype as object | undefined, String(name)),
      );
    if (undeclared.length > 0) throw new Error(`Handlers without @Authorize: ${undeclared.join(', ')}`);
  }

  private undeclaredOf(prototype: object | undefined, controller: string): string[] {
    if (!prototype) return [];
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((method) => {
        const handler = (prototype as Record<string, () => unknown>)[method];
        if (!handler) return false;
        const isRoute = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler) !== undefined;
        return isRoute && this.reflector.get<unknown>(ACCESS, handler) === undefined;
      })
      .map((method) => `${controller}.${method}`);
  }
}
