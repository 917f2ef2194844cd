import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule, type ThrottlerStorage } from '@nestjs/throttler';
import { workerPlace } from '../common/workers.js';
import { CONFIG, type Config } from '../config/config.js';
import { ApiKeysModule } from '../modules/api-keys/api-keys.module.js';
import { AuditModule } from '../modules/audit/audit.module.js';
import { AuthModule } from '../modules/auth/auth.module.js';
import { Metrics } from '../modules/metrics/metrics.js';
import { OperatorAccountsModule } from '../modules/operator-accounts/operator-accounts.module.js';
import { ServiceAccountsModule } from '../modules/service-accounts/service-accounts.module.js';
import { SessionsModule } from '../modules/sessions/sessions.module.js';
import { TenantsModule } from '../modules/tenants/tenants.module.js';
import { AccessGuard } from './access.guard.js';
import { DeclaredAccess } from './declared-access.js';
import { DeniedRequests } from './denied-requests.js';
import { IntrospectionService } from './introspection.service.js';
import { JwtStrategy } from './jwt.strategy.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { LocalStrategy } from './local.strategy.js';
import { PrimaryRateStorage } from './primary-rate-storage.js';
import { ProductSeparation } from './product-audiences.js';
import { RateLimitGuard, throttlerOptions } from './rate-limit.js';

/** Authorization. Every request of every contract passes the two guards, in this order. */
@Module({
  imports: [
    AuditModule,
    ApiKeysModule,
    AuthModule,
    DiscoveryModule,
    ServiceAccountsModule,
    OperatorAccountsModule,
    SessionsModule,
    TenantsModule,
    PassportModule,
    ThrottlerModule.forRootAsync({
      inject: [CONFIG, Metrics],
      useFactory: async (config: Config, metrics: Metrics) => ({
        ...throttlerOptions(config),
        ...(workerPlace() && { storage: new PrimaryRateStorage() }),
        ...(config.REDIS_URL && {
          storage: await shareLimits(config.REDIS_URL, config.REDIS_TIMEOUT_MS, metrics),
        }),
      }),
    }),
  ],
  providers: [
    JwtStrategy,
    JwtAuthGuard,
    LocalStrategy,
    IntrospectionService,
    DeniedRequests,
    DeclaredAccess,
    ProductSeparation,
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [IntrospectionService, DeniedRequests],
})
export class AccessModule {}

/** Loads the Redis client only where REDIS_URL is set. */
async function shareLimits(url: string, timeoutMs: number, metrics: Metrics): Promise<ThrottlerStorage> {
  const { RedisRateStorage } = await import('./redis-rate-storage.js');
  return RedisRateStorage.open(url, timeoutMs, metrics);
}
