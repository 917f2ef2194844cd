const WIDTH = 30;

/** Shows on standard error how far a command is: as a bar on a terminal, otherwise as a line for each per cent. */
export class ProgressBar {
  private shown = -1;

  constructor(
    private readonly total: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  /** `text` says what has been done. */
  show(done: number, text: string): void {
    const percent = this.total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / this.total));
    if (percent === this.shown) return;
    this.shown = percent;
    const bar = '#'.repeat(Math.floor((WIDTH * percent) / 100)).padEnd(WIDTH, '.');
    this.stream.write(this.stream.isTTY ? `\r[${bar}] ${percent} % ${text}\x1b[K` : `${percent} % ${text}\n`);
  }

  /** Call it before anything else is written. */
  clear(): void {
    if (!this.stream.isTTY) return;
    this.shown = -1;
    this.stream.write('\r\x1b[K');
  }
}
