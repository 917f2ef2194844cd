import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** A terminal for questions; both streams are replaced in tests. */
export class Terminal {
  constructor(input = process.stdin, output = process.stderr) {
    this.input = input;
    this.output = output;
  }

  /** Whether a person can answer: a pipe does not count. */
  get isInteractive() {
    return this.input.isTTY === true && this.output.isTTY === true;
  }

  say(text) {
    this.output.write(`${text}\n`);
  }

  async ask(question) {
    return this.read(question, this.output);
  }

  /** The input is not echoed. */
  async askHidden(question) {
    this.output.write(question);
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const answer = await this.read('', nowhere);
    this.output.write('\n');
    return answer;
  }

  async read(question, output) {
    const lines = createInterface({ input: this.input, output, terminal: true });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  }
}
