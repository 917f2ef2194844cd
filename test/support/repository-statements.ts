import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EntityManager } from 'typeorm';
import { type PreparableQuery, Queries, type StatementResult } from '../../src/database/queries.js';

/** A statement and the method of a repository that runs it. */
export interface RepositoryStatement {
  method: string;
  text: string;
}

/**
 * The texts of all repositories: calls each of their methods, with arguments that have whatever it reads of them, on a
 * database that answers whatever it expects. A method is called again without optional values, which may select another
 * text.
 */
export async function repositoryStatements(): Promise<RepositoryStatement[]> {
  const found = new Map<string, RepositoryStatement>();
  for (const Repository of await repositories()) {
    for (const method of methodsOf(Repository)) {
      for (const answers of [anything(), anything({ isSparse: true })]) {
        for (const text of await run(Repository, method, answers))
          found.set(text, { method: `${Repository.name}.${method}`, text });
      }
    }
  }
  return [...found.values()];
}

interface RepositoryClass {
  new (...dependencies: unknown[]): Record<string, (...values: unknown[]) => unknown>;
  prototype: object;
}

async function repositories(): Promise<RepositoryClass[]> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.repository.ts'),
  );
  const modules: object[] = [];
  for (const file of files) modules.push((await import(pathToFileURL(resolve('src', file)).href)) as object);
  return modules.flatMap((module) =>
    Object.values(module as Record<string, unknown>).filter(
      (value: unknown): value is RepositoryClass =>
        typeof value === 'function' && value.name.endsWith('Repository'),
    ),
  );
}

const methodsOf = ({ prototype }: RepositoryClass): string[] =>
  Object.getOwnPropertyNames(prototype).filter(
    (name) =>
      name !== 'constructor' && typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function',
  );

async function run(Repository: RepositoryClass, method: string, value: unknown): Promise<string[]> {
  const texts: string[] = [];
  const queries = new Recorder(texts, value);
  // Each dependency: the database, or the configuration
  const database = { autocommit: queries, autocommitAcrossTenants: queries, DATABASE_POOL_SIZE: 1 };
  const repository = new Repository(...Array.from({ length: 7 }, () => database));
  try {
    const result = repository[method]?.(queries, ...Array.from({ length: 6 }, () => value));
    if (isGenerator(result)) await result.next();
    else await result;
  } catch {
    // What it made of the answer is nothing to go on with; its statements are recorded
  }
  return texts;
}

const isGenerator = (value: unknown): value is AsyncGenerator =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;

/** Stands for every unit of work. */
class Recorder extends Queries {
  readonly tenantId = '';
  readonly scope = 'tenant';
  /** TypeORM composes its own statements. */
  readonly manager: EntityManager;

  constructor(
    private readonly texts: string[],
    private readonly answer: unknown,
  ) {
    super();
    this.manager = answer as EntityManager;
  }

  forTenant(): this {
    return this;
  }

  beforeCommit(): void {
    // Nothing is committed
  }

  protected override run(query: PreparableQuery): Promise<StatementResult> {
    // A choice among fragments that none of the values makes
    if (!/\bundefined\b/.test(query.text)) this.texts.push(query.text);
    return Promise.resolve({ rows: [this.answer], rowCount: 1 });
  }
}

/** Has every property, is a function and a list of one; where it is sparse, its properties are undefined. */
function anything({ isSparse = false } = {}): unknown {
  const self: unknown = new Proxy(() => undefined, {
    get: (_, name) => {
      if (name === Symbol.toPrimitive) return () => '1';
      if (name === Symbol.iterator) return () => [self].values();
      if (name === 'then') return undefined;
      if (name === 'map' || name === 'flatMap') return (to: (value: unknown) => unknown) => [to(self)];
      return isSparse ? undefined : self;
    },
    apply: () => self,
    has: () => !isSparse,
  });
  return self;
}
