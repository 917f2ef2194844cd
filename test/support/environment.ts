import { createServer } from 'node:net';
import type { Circus } from '@jest/types';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { TestEnvironment } from 'jest-environment-node';

/*
 * Jest loads this file once in each worker, outside the modules of any spec file and the module mapper: it imports
 * packages only, never a sibling.
 */

/** Compiles a schema of a document, or returns the validator that an earlier spec file of this worker compiled. */
export type SchemaCompiler = (document: string, schema: string) => ValidateFunction;

const addFormats = formats as unknown as (ajv: Ajv2020) => void;
const compiled = new Map<string, { ajv: Ajv2020; validators: Map<string, ValidateFunction> }>();

/** Both arguments are JSON, so that nothing of a spec file is kept; references of the schema begin with `document#`. */
const compileSchema: SchemaCompiler = (document, schema) => {
  const known = compiled.get(document) ?? {
    ajv: openDocument(document),
    validators: new Map<string, ValidateFunction>(),
  };
  compiled.set(document, known);
  const validator = known.validators.get(schema) ?? known.ajv.compile(JSON.parse(schema) as AnySchema);
  known.validators.set(schema, validator);
  return validator;
};

function openDocument(document: string): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('phone', true);
  return ajv.addSchema({ ...(JSON.parse(document) as object), $id: 'document' });
}

/** Below the range from which clients' own ports are taken: 40 blocks of 500. */
const [FIRST_PORT, LAST_PORT, BLOCK] = [12_000, 32_000, 500];
let claimed: Promise<number[]> | null = null;

/**
 * Returns ports that no other worker of any run on this machine uses: a server takes its time between the look at a
 * port and its own start. The first port of the block is the claim, occupied as long as this process lives.
 */
async function claimPorts(): Promise<number[]> {
  for (let first = FIRST_PORT; first < LAST_PORT; first += BLOCK) {
    const claim = createServer().unref();
    const isOurs = await new Promise<boolean>((resolve) => {
      claim.once('error', () => resolve(false)).listen(first, '127.0.0.1', () => resolve(true));
    });
    if (isOurs) return Array.from({ length: BLOCK - 1 }, (_, index) => first + 1 + index);
  }
  throw new Error('Forty workers of test runs use the ports of this machine');
}

/** Of two tests that pass in one order only, one then fails: each runs after all that normally follow it. */
function reverse(block: Circus.DescribeBlock): void {
  block.children.reverse();
  for (const child of block.children) if (child.type === 'describeBlock') reverse(child);
}

/**
 * Gives the spec files of a worker ports of its own, and one compiler of schemas, because compiling costs more than
 * validating. Remembers whether a test of this file failed, so that its server's log is printed only then.
 */
export default class WorkerEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.gatehouseCompileSchema = compileSchema;
    this.global.gatehousePorts = await (claimed ??= claimPorts());
  }

  handleTestEvent(event: Circus.Event, { rootDescribeBlock }: Circus.State): void {
    if (event.name === 'run_start' && process.env.REVERSED_TESTS) reverse(rootDescribeBlock);
    if (event.name === 'test_done' && event.test.errors.length > 0) this.global.gatehouseTestFailed = true;
  }
}
