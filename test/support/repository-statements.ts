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

/** Values that select a text, of a property that a method reads from an argument: `filter.outcome`. */
const CHOICES: Record<string, Record<string, unknown[]>> = {
  'AuditTrailRepository.list': {
    order: ['newest first', 'oldest first'],
    'filter.outcome': ['refused', 'success'],
  },
  'TenantRecordsRepository.list': { status: ['active', 'suspended'] },
};

/**
 * The texts of all repositories: calls each of their methods, with arguments that have whatever it reads of them, on a
 * database that answers whatever it expects. A method is called again without each of the values that it can do without,
 * without all of them, and with each one alone, which may select other texts.
 */
export async function repositoryStatements(): Promise<RepositoryStatement[]> {
  const found = new Map<string, RepositoryStatement>();
  for (const Repository of await repositories()) {
    for (const name of methodsOf(Repository)) {
      const method = `${Repository.name}.${name}`;
      // A unit of work is the first argument of some, and the repository's own for others
      for (const isGiven of [true, false]) {
        const call = (values: Values) => run(Repository, name, values, isGiven);
        for (const text of await textsOf(call, CHOICES[method] ?? {})) found.set(text, { method, text });
      }
    }
  }
  return [...found.values()];
}

/** What the arguments have: `fixed` values, nothing at the `absent` places, anything elsewhere. */
interface Values {
  absent?: ReadonlyMap<string, undefined | null>;
  fixed?: ReadonlyMap<string, unknown>;
  isSparse?: boolean;
  /** Is told each place that is read, such as `0.filter.outcome`: argument and properties. */
  note?: (place: string) => void;
}

type Call = (values: Values) => Promise<string[]>;

async function textsOf(call: Call, choices: Record<string, unknown[]>): Promise<Set<string>> {
  const texts = new Set(await call({ isSparse: true }));
  for (const fixed of combinations(choices)) {
    const places = new Set<string>();
    const add = async (values: Values) => {
      const made = await call({ ...values, fixed });
      made.forEach((text) => texts.add(text));
      return made.length > 0;
    };
    await add({ note: (place) => places.add(place) });
    const without = new Map<string, undefined | null>();
    for (const place of places) {
      // Whichever of the two it can do without
      for (const nothing of [null, undefined])
        if (await add({ absent: new Map([[place, nothing]]) })) without.set(place, nothing);
    }
    await add({ absent: without });
    for (const place of without.keys()) {
      const others = new Map([...without].filter(([other]) => !isWithin(place, other)));
      await add({ absent: others });
      await add({ absent: new Map([...others, [place, null]]) });
    }
  }
  return texts;
}

/** True of a place and what it is a part of. */
const isWithin = (place: string, whole: string): boolean => place === whole || place.startsWith(`${whole}.`);

/** Each choice of each place. */
const combinations = (choices: Record<string, unknown[]>): Map<string, unknown>[] =>
  Object.entries(choices).reduce<Map<string, unknown>[]>(
    (sofar, [place, values]) =>
      sofar.flatMap((made) => values.map((value) => new Map([...made, [place, value]]))),
    [new Map<string, unknown>()],
  );

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

async function run(
  Repository: RepositoryClass,
  method: string,
  values: Values,
  isGivenWork: boolean,
): Promise<string[]> {
  const texts: string[] = [];
  const queries = new Recorder(texts, anything({ isSparse: values.isSparse }));
  // Each dependency: the database, or the configuration
  const database = { autocommit: queries, autocommitAcrossTenants: queries, DATABASE_POOL_SIZE: 1 };
  const repository = new Repository(...Array.from({ length: 7 }, () => database));
  const given = Array.from({ length: 6 }, (_, index) => anything(values, [String(index)]));
  try {
    const result = repository[method]?.(...(isGivenWork ? [queries] : []), ...given);
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

/** Properties of properties are as deep as arguments go. */
const DEEPEST = 3;

/** Has every property, is a function and a list of one; where it is sparse, its properties are undefined. */
function anything(values: Values = {}, path: string[] = []): unknown {
  const { isSparse = false, absent, fixed, note } = values;
  const self: unknown = new Proxy(() => undefined, {
    get: (_, name) => {
      if (name === Symbol.toPrimitive) return () => '1';
      if (name === Symbol.iterator) return () => [self].values();
      if (name === 'then') return undefined;
      if (name === 'map' || name === 'flatMap') return (to: (value: unknown) => unknown) => [to(self)];
      if (isSparse || typeof name === 'symbol') return undefined;
      if (path.length === 0 || path.length === DEEPEST) return self;
      const own = [...path, name];
      note?.(own.join('.'));
      if (absent?.has(own.join('.'))) return absent.get(own.join('.'));
      const choice = own.slice(1).join('.');
      return fixed?.has(choice) ? fixed.get(choice) : anything(values, own);
    },
    apply: () => self,
    has: (_, name) => !isSparse && !absent?.has([...path, String(name)].join('.')),
  });
  return self;
}
