import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';

/** The connected data sources, made and closed by `main.ts`, so that they outlive everything that uses them. */
@Module({})
export class DatabaseModule {
  static forRoot(dataSource: DataSource, acrossTenants?: DataSource): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: Database, useFactory: () => new Database(dataSource, acrossTenants) },
      ],
      exports: [DataSource, Database],
    };
  }
}
