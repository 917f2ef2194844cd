import { Module } from '@nestjs/common';
import { AvatarStore } from './avatar-store.js';
import { UsersService } from './users.service.js';

@Module({ providers: [UsersService, AvatarStore], exports: [UsersService, AvatarStore] })
export class UsersModule {}
