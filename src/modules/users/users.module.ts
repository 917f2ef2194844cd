import { Module } from '@nestjs/common';
import { AvatarFiles } from './avatar-files.js';
import { AvatarsRepository } from './avatars.repository.js';
import { LeavingUsersRepository } from './leaving-users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  providers: [UsersService, AvatarFiles, AvatarsRepository, LeavingUsersRepository],
  exports: [UsersService, AvatarsRepository, LeavingUsersRepository],
})
export class UsersModule {}
