import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The folder of the compiled program. */
const OWN = new URL('../', import.meta.url).href;

/**
 * Stack traces name the TypeScript that was compiled. The map of a module is read when a stack trace first names the module:
 * Node's own way parses the maps of all modules at the start, and keeps them.
 */
export function showTypeScriptInStacks(): void {
  Error.prepareStackTrace = (error, calls) =>
    [titleOf(error), ...calls.map((call) => `    at ${describe(call)}`)].join('\n');
}

/** As Node writes it: its own errors with their code, and any object that has a stack. */
function titleOf(error: Error & { code?: unknown }): string {
  const { name, code, message } = error;
  return typeof code === 'string' && code.startsWith('ERR_')
    ? `${name} [${code}]: ${message}`
    : Error.prototype.toString.call(error);
}

interface Call extends NodeJS.CallSite {
  toString(): string;
}

function describe(call: Call): string {
  const text = String(call);
  const file = call.getFileName();
  const [line, column] = [call.getLineNumber(), call.getColumnNumber()];
  if (!file?.startsWith(OWN) || line === null || column === null) return text;
  return text.replace(`${file}:${line}:${column}`, () => sourceOf(file, line, column));
}

const maps = new Map<string, SourceMap | null>();

function sourceOf(file: string, line: number, column: number): string {
  if (!maps.has(file)) maps.set(file, readMap(file));
  const entry = maps.get(file)?.findEntry(line - 1, column - 1);
  if (!entry || !('originalSource' in entry)) return `${file}:${line}:${column}`;
  const source = fileURLToPath(new URL(entry.originalSource, file));
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

/** Null if there is none: a stack trace is asked for while something else fails, and must not fail itself. */
function readMap(file: string): SourceMap | null {
  try {
    const text = readFileSync(fileURLToPath(`${file}.map`), 'utf8');
    return new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return null;
  }
}
