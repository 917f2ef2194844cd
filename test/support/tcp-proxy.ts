import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';

/** A proxy between a server and its database, with which a test can disconnect the database and reconnect it. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly listener: NetServer,
    /** The target's address, by way of this proxy. */
    readonly url: string,
  ) {}

  static async to(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((listener.address() as { port: number }).port);
    const proxy = new TcpProxy(listener, url.href);
    listener.on('connection', (socket) => proxy.forward(socket, hostname, Number(port)));
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

  close(): void {
    this.cut();
    this.listener.close();
  }

  private forward(client: Socket, host: string, port: number): void {
    this.track(client);
    if (this.isCut) {
      client.resetAndDestroy();
      return;
    }
    const target = connect(port, host);
    this.track(target);
    client.pipe(target).pipe(client);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
