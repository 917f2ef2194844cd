import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from '../app.module.js';
import type { Log } from '../common/log.js';
import { readVersion } from '../common/version.js';
import type { Config } from '../config/config.js';
import { contractsOf } from '../contracts/contracts.js';
import { ErrorResponses } from '../contracts/shared/error-responses.js';
import { MAX_UPLOAD_BYTES } from '../contracts/shared/multipart.js';
import { ProblemDetails } from '../contracts/shared/problem-details.js';
import { RouteTable } from '../contracts/shared/route-table.js';
import { OAUTH_PATHS } from '../contracts/system/oauth/oauth-errors.js';
import type { DataSources } from '../database/data-source.js';
import { Draining } from '../modules/health/draining.js';
import { Metrics } from '../modules/metrics/metrics.js';
import { PasswordHasher } from '../modules/passwords/password-hasher.js';
import { installBodyParsing } from './body-parsing.js';
import { installClientAddress, withClientAddress } from './client-address.js';
import { installGracefulClose, refuseConnection } from './connection-end.js';
import { corsOf } from './cors.js';
import { FrameworkLog } from './framework-log.js';
import { answerHeaders, installHeaders, securityHeaders } from './headers.js';
import { httpTimers } from './http-timers.js';
import { installLoadShedding } from './load-shedding.js';
import { installOneHost } from './one-host.js';
import { installOptions } from './options.js';
import { productPaths } from './product-paths.js';
import { installRequestDeadline } from './request-deadline.js';
import { installRequestLog } from './request-log.js';
import { installRequestMetrics } from './request-metrics.js';
import { installRequestTracing } from './request-tracing.js';
import { installStreamedAnswers } from './streamed-answers.js';

/** Of the time to stop, for the requests that run; the rest is for deliveries and the database. */
const REQUESTS_SHARE = 0.5;
const BODY_LIMIT_BYTES = 100 * 1024;

/** The application as it runs in every environment, not yet listening. */
export async function createApp(
  config: Config,
  dataSources: DataSources,
  log: Log,
): Promise<NestFastifyApplication> {
  const routes = new RouteTable();
  const problems = new ProblemDetails(config.publicUrl);
  const metrics = new Metrics(readVersion());
  const refusing = [...contractsOf(config), OAUTH_PATHS];
  const cors = corsOf(config);
  const headersOf = answerHeaders(config, cors);
  const timers = httpTimers(config);
  const withAddress = withClientAddress(config.TRUST_PROXY);
  const errorResponses = new ErrorResponses(refusing, problems, routes, log, metrics);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
    // Never the caller's, which is only echoed and logged: this one is in audit events
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    ...timers,
    // `installOneHost` does, in the words of the contract
    http: { ...timers.http, requireHostHeader: false },
    forceCloseConnections: 'idle',
    // Malformed URLs arrive here without passing any hook or filter
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      errorResponses.send(error, withAddress(request), reply.headers(headersOf(request)));
    },
    clientErrorHandler: (error: unknown, socket: Socket) => {
      refuseConnection(problems, securityHeaders(config), error, socket);
    },
    ...productPaths(),
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 200 },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.addHook('onRoute', ({ method, url }) => routes.add(method, url));

  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, dataSources, errorResponses, metrics),
    adapter,
    { bodyParser: false, logger: new FrameworkLog(log), abortOnError: false },
  );
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT) installRequestTracing(fastify);
  installClientAddress(fastify);
  installHeaders(fastify, headersOf);
  installOneHost(fastify);
  installOptions(fastify, routes, cors);
  installBodyParsing(fastify);
  installLoadShedding(fastify, app.get(PasswordHasher, { strict: false }));
  const draining = app.get(Draining, { strict: false });
  installGracefulClose(fastify, () => draining.isDraining, config.SHUTDOWN_SECONDS * REQUESTS_SHARE);
  installRequestDeadline(fastify, config.REQUEST_TIMEOUT_SECONDS);
  installRequestLog(fastify, log);
  installRequestMetrics(fastify, metrics);
  installStreamedAnswers(fastify, log, config.HTTP_STALL_SECONDS);
  await app.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: 5, parts: 6 } });
  return app;
}
