import { Module } from '@nestjs/common';
import { AvatarStore } from './avatar-store.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  providers: [UsersService, UsersRepository, AvatarStore],
  exports: [UsersService, UsersRepository, AvatarStore],
})
export class UsersModule {}
