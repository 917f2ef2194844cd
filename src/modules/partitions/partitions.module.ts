import { Module } from '@nestjs/common';
import { MonthsRepository } from './months.repository.js';

@Module({ providers: [MonthsRepository], exports: [MonthsRepository] })
export class PartitionsModule {}
