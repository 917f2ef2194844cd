import { NotTried } from '../outcomes.js';

/** The target's development inbox, as one case reads it. */
export class Mailbox {
  constructor(client) {
    this.client = client;
  }

  /** Newest first; every kind, or those of one. */
  async messages(to, template) {
    const reply = await this.client.get(`/dev/messages?limit=200&to=${encodeURIComponent(to)}`);
    if (reply.status !== 200) throw new Error(`The development inbox answered ${reply.status} ${reply.text}`);
    return reply.body.filter((message) => template === undefined || message.template === template);
  }

  /** The newest one. If there is none, the target has suppressed it, and the case stops. */
  async latest(to, template) {
    const [message] = await this.messages(to, template);
    if (!message) throw new NotTried(`no message of the kind ${template} was received`);
    return message;
  }

  /** The secret in the newest link. */
  async token(to, template) {
    return tokenOf(await this.latest(to, template));
  }

  async code(to) {
    return (await this.latest(to, 'otp')).code;
  }
}

export function tokenOf({ link = '' }) {
  return decodeURIComponent(/[?&#]token=([^&#]+)/.exec(link)?.[1] ?? '');
}
