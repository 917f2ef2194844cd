import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';

/** What a client sends first has no letter: a start-up, or a wish for encryption that comes before one. */
const ENCRYPTION_WISHES = [80877103, 80877104];

/**
 * Stands between a server and its database and writes down every statement that is executed, prepared ones at each
 * use (PostgreSQL's message formats, frontend/backend protocol 3.0).
 */
export class StatementLog {
  private statements: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly listener: NetServer,
    readonly url: string,
  ) {}

  static async before(target: string): Promise<StatementLog> {
    const { hostname, port } = new URL(target);
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = Object.assign(new URL(target), {
      hostname: '127.0.0.1',
      port: String((listener.address() as { port: number }).port),
    });
    const log = new StatementLog(listener, url.href);
    listener.on('connection', (socket) => log.forward(socket, hostname, Number(port)));
    return log;
  }

  /** What was executed since the last time. */
  take(): string[] {
    return this.statements.splice(0);
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.listener.close();
  }

  private forward(client: Socket, host: string, port: number): void {
    const target = connect(port, host);
    const reader = new MessageReader((statement) => this.statements.push(statement));
    for (const socket of [client, target]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.on('data', (chunk) => reader.read(chunk));
    client.pipe(target).pipe(client);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }
}

class MessageReader {
  private rest = Buffer.alloc(0);
  private hasStarted = false;
  private readonly prepared = new Map<string, string>();

  constructor(private readonly report: (statement: string) => void) {}

  read(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      const head = this.hasStarted ? 1 : 0;
      if (this.rest.length < head + 4) return;
      const end = head + this.rest.readUInt32BE(head);
      if (this.rest.length < end) return;
      const body = this.rest.subarray(head + 4, end);
      if (this.hasStarted) this.take(String.fromCharCode(this.rest[0] ?? 0), body);
      else this.hasStarted = !ENCRYPTION_WISHES.includes(body.readUInt32BE(0));
      this.rest = this.rest.subarray(end);
    }
  }

  private take(kind: string, body: Buffer): void {
    const [first = '', second = ''] = body.toString('latin1').split('\0');
    if (kind === 'Q') this.report(first);
    if (kind === 'P') this.prepared.set(first, second);
    // Bind: the portal's name, and then the statement's
    if (kind === 'B') this.report(this.prepared.get(second) ?? second);
  }
}
