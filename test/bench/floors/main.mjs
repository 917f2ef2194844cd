import 'reflect-metadata';
import { Body, Controller, Get, Headers, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import pg from 'pg';
import { AccessTokens } from './access-tokens.mjs';
import { createCodes } from './codes.mjs';
import { seedPeople } from './people.mjs';
import { createRotation } from './rotation.mjs';
import { createSingleLookup, createSharedLookup } from './lookups.mjs';
import { answerVerifyLoop } from './verify-loop.mjs';

/* A hand-written minimum of the product's hot paths, on the same framework, driver and database. */

const { DATABASE_URL, PORT, DIST, PEOPLE, POOL_SIZE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
const tokens = new AccessTokens();
const people = await seedPeople(pool, tokens, Number(PEOPLE));
const findPerson = createSingleLookup(pool);
const findPersonShared = createSharedLookup(pool);
const rotate = createRotation(pool, tokens);
const codes = await createCodes(pool, tokens);

class Floors {
  ready() {
    return { ready: true };
  }

  prepared(authorization) {
    return findPerson(tokens.verify(authorization.slice('Bearer '.length)).sub);
  }

  batched(authorization) {
    return findPersonShared(tokens.verify(authorization.slice('Bearer '.length)).sub);
  }

  refresh(body) {
    return rotate(body.refreshToken);
  }

  requestCode(body) {
    return codes.request(body);
  }

  verifyCode(body) {
    return codes.verify(body);
  }
}

class FloorsModule {}

declareRoute('ready', [Get('ready')]);
declareRoute('prepared', [Get('me/prepared')], Headers('authorization'));
declareRoute('batched', [Get('me/batched')], Headers('authorization'));
declareRoute('refresh', [Post('refresh'), HttpCode(200)], Body());
declareRoute('requestCode', [Post('otp/request'), HttpCode(200)], Body());
declareRoute('verifyCode', [Post('otp/verify'), HttpCode(200)], Body());
Controller()(Floors);
Module({ controllers: [Floors] })(FloorsModule);

const app = await NestFactory.create(FloorsModule, new FastifyAdapter(), { logger: false });
process.on('message', ({ id, ask }) => ask === 'people' && process.send({ id, answer: people }));
await answerVerifyLoop(DIST);
await app.listen(Number(PORT), '127.0.0.1');

/** What decorators do in languages that have them. */
function declareRoute(method, decorators, ...parameters) {
  const descriptor = Object.getOwnPropertyDescriptor(Floors.prototype, method);
  for (const decorate of decorators) decorate(Floors.prototype, method, descriptor);
  parameters.forEach((decorate, index) => decorate(Floors.prototype, method, index));
}
