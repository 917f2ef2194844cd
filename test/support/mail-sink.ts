import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

interface Mail {
  to: string;
  id: string;
}

/** An SMTP server that accepts every mail, and can be stopped, or stand still, and go on at the same port. */
export class MailSink {
  /** In the order of acceptance. */
  readonly mails: Mail[] = [];
  private readonly sockets = new Set<Socket>();
  private server = this.create();
  private port = 0;
  private thawed = Promise.resolve();
  private thaw = (): void => undefined;

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.server = this.create();
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((listening) => this.server.listen(this.port, '127.0.0.1', listening));
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  /** Accepts no connection any more, and breaks those that are open. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.server.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Answers no mail until the returned function is called. */
  freeze(): () => void {
    this.thawed = new Promise((resolve) => (this.thaw = resolve));
    return this.thaw;
  }

  private create(): SMTPServer {
    return new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      socketTimeout: 600_000,
      onData: (stream, session, done) => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join();
        void text(stream).then(
          async (raw) => {
            await this.thawed;
            this.mails.push({ to, id: /^Message-ID: (\S+)/im.exec(raw)?.[1] ?? '' });
            done();
          },
          // The server was killed in the middle of the mail
          (error: Error) => done(error),
        );
      },
    });
  }
}
