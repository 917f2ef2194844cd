import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  to: string;
  raw: string;
  /** Without the soft line breaks and escapes of quoted-printable. */
  decoded: string;
}

class Rejection extends Error {
  constructor(
    to: string,
    readonly responseCode: number,
  ) {
    super(`No, ${to}`);
  }
}

/** What the server answers to a mail: a status that rejects it, or nothing, and closes the connection. */
export type Rejected = number | 'no answer';

/** A real SMTP server. It rejects the next mails as `rejections` says before it accepts any. */
export class RejectingMailSink {
  /** Also those that it rejected. */
  readonly mails: Mail[] = [];
  readonly rejections: Rejected[] = [];
  /** What each client called itself. */
  readonly greetings: string[] = [];
  beforeAnswer: (to: string) => Promise<unknown> = async () => undefined;
  private readonly sockets = new Map<number | undefined, Socket>();
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Longer than any machine stands still
    socketTimeout: 600_000,
    onData: (stream, session, done) => {
      this.greetings.push(session.hostNameAppearsAs);
      const to = session.envelope.rcptTo.map(({ address }) => address).join();
      void text(stream).then(async (raw) => {
        await this.beforeAnswer(to);
        this.mails.push({ to, raw, decoded: raw.replace(/=\r\n/g, '').replace(/=3D/g, '=') });
        const rejected = this.rejections.shift();
        if (rejected === 'no answer') this.sockets.get(session.remotePort)?.destroy();
        else done(rejected === undefined ? null : new Rejection(to, rejected));
      });
    },
  });

  async listen(): Promise<string> {
    this.server.server.on('connection', (socket: Socket) => this.sockets.set(socket.remotePort, socket));
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', () => listening()));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  to(address: string): Mail[] {
    return this.mails.filter(({ to }) => to === address);
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }
}
