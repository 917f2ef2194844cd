import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** Accepts every mail and remembers for whom it was. */
export class MailCatcher {
  readonly recipients: string[] = [];
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      stream.resume().once('end', () => {
        this.recipients.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });

  /** Returns its address. */
  async listen(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return `127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }
}
