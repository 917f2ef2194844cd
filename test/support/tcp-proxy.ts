import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A proxy between a server and its database, with which a test can disconnect, reconnect, delay and freeze the database. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private delayMs = 0;
  private standstill: Promise<void> = Promise.resolve();

  private constructor(
    private readonly listener: NetServer,
    private target: URL,
    /** The target's address, by way of this proxy. */
    readonly url: string,
  ) {}

  static async to(target: string): Promise<TcpProxy> {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((listener.address() as { port: number }).port);
    const proxy = new TcpProxy(listener, new URL(target), url.href);
    listener.on('connection', (socket) => proxy.forward(socket));
    return proxy;
  }

  /** Closes every connection, and refuses every new one at once. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  restore(): void {
    this.isCut = false;
  }

  /** As when a virtual address moves: breaks every connection, and leads new ones to another target. */
  switchTo(target: string): void {
    this.cut();
    this.target = new URL(target);
    this.restore();
  }

  /** Delays every packet of the connections that are opened from now on. */
  slow(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  /** Accepts everything and passes nothing on, as a target whose processes are stopped, until the returned function is called. */
  freeze(): () => void {
    let end = () => undefined as void;
    this.standstill = new Promise((resolve) => (end = resolve));
    return end;
  }

  close(): void {
    this.cut();
    this.listener.close();
  }

  private forward(client: Socket): void {
    this.track(client);
    if (this.isCut) {
      client.resetAndDestroy();
      return;
    }
    const target = connect(Number(this.target.port), this.target.hostname);
    this.track(target);
    client.pipe(this.line()).pipe(target).pipe(this.line()).pipe(client);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }

  /** One direction of a connection. */
  private line(): Transform {
    const { delayMs } = this;
    return new Transform({
      transform: (chunk, _encoding, done) => {
        void this.standstill.then(() => {
          if (delayMs > 0) setTimeout(done, delayMs, null, chunk);
          else done(null, chunk);
        });
      },
    });
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
