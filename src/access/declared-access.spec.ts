import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { Authorize } from './authorize.js';
import { DeclaredAccess } from './declared-access.js';

@Controller('declared')
class DeclaredController {
  @Get()
  @Authorize.public('It is a test')
  read(): void {}

  notARoute(): void {}
}

@Controller('forgotten')
class ForgetfulController {
  @Get()
  read(): void {}
}

@Module({
  imports: [DiscoveryModule],
  providers: [DeclaredAccess],
  controllers: [DeclaredController],
})
class CarefulModule {}

@Module({ imports: [CarefulModule], controllers: [ForgetfulController] })
class CarelessModule {}

const start = (module: object) =>
  NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });

describe('a server', () => {
  it('starts where every handler says who may call it', async () => {
    await expect((await start(CarefulModule)).close()).resolves.toBeUndefined();
  });

  it('does not start with a handler that does not, and names it', async () => {
    await expect(start(CarelessModule)).rejects.toThrow('ForgetfulController.read');
  });
});
