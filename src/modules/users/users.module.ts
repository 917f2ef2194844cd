import { Module } from '@nestjs/common';
import { AvatarFiles } from './avatar-files.js';
import { AvatarsRepository } from './avatars.repository.js';
import { LeavingUsersRepository } from './leaving-users.repository.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  providers: [UsersService, UsersRepository, AvatarFiles, AvatarsRepository, LeavingUsersRepository],
  exports: [UsersService, UsersRepository, AvatarsRepository, LeavingUsersRepository],
})
export class UsersModule {}
