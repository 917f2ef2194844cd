import { Module } from '@nestjs/common';
import { AvatarFiles } from './avatar-files.js';
import { AvatarsRepository } from './avatars.repository.js';
import { BlockedUsersRepository } from './blocked-users.repository.js';
import { ImportedUsersRepository } from './imported-users.repository.js';
import { LeavingUsersRepository } from './leaving-users.repository.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  providers: [
    ImportedUsersRepository,
    UsersService,
    UsersRepository,
    AvatarFiles,
    AvatarsRepository,
    BlockedUsersRepository,
    LeavingUsersRepository,
  ],
  exports: [
    ImportedUsersRepository,
    UsersService,
    UsersRepository,
    AvatarsRepository,
    BlockedUsersRepository,
    LeavingUsersRepository,
  ],
})
export class UsersModule {}
