/** One line of a file: its number from 1 on, and how many bytes have been read up to its end. */
export interface Line {
  number: number;
  bytes: number;
  /** Null for a line that is too long or not UTF-8; `problem` says which. */
  text: string | null;
  problem: string;
}

const LF = 0x0a;
const BOM = '\ufeff';

/** The lines of a stream. Holds no more than `maxBytes` of a line in memory, and leaves out blank lines. */
export async function* boundedLines(stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  const state = { parts: [] as Buffer[], length: 0, number: 0, bytes: 0 };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      add(state, chunk.subarray(start, end), maxBytes);
      state.bytes += 1;
      yield* take(state, maxBytes);
      start = end + 1;
    }
    add(state, chunk.subarray(start), maxBytes);
  }
  if (state.length > 0) yield* take(state, maxBytes);
}

interface Reading {
  parts: Buffer[];
  length: number;
  number: number;
  bytes: number;
}

function add(state: Reading, part: Buffer, maxBytes: number): void {
  state.length += part.length;
  state.bytes += part.length;
  if (state.length <= maxBytes) state.parts.push(part);
  else state.parts = [];
}

function* take(state: Reading, maxBytes: number): Generator<Line> {
  const { parts, length, bytes } = state;
  state.number += 1;
  Object.assign(state, { parts: [], length: 0 });
  const { number } = state;
  if (length > maxBytes) {
    yield { number, bytes, text: null, problem: `is longer than ${maxBytes} bytes` };
    return;
  }
  const text = decode(Buffer.concat(parts));
  if (text === null) yield { number, bytes, text, problem: 'is not UTF-8' };
  else if (text.trim() !== '')
    yield { number, bytes, text: number === 1 ? withoutBom(text) : text, problem: '' };
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const withoutBom = (text: string): string => (text.startsWith(BOM) ? text.slice(1) : text);
