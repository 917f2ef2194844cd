import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';

/** The connected data sources. `main.ts` opens and closes them, so they outlive every user of them. */
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
