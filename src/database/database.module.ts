import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';

/** The connected data source, made and closed by `main.ts`, so that it outlives everything that uses it. */
@Module({})
export class DatabaseModule {
  static forRoot(dataSource: DataSource): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: DataSource, useValue: dataSource }, Database],
      exports: [DataSource, Database],
    };
  }
}
