import type { Client } from './client.js';

export interface Message {
  id: string;
  channel: 'sms' | 'email';
  to: string;
  template: 'otp' | 'invitation' | 'password-reset' | 'verify-email' | 'notice' | 'account-restoration';
  subject: string;
  text: string;
  code?: string;
  link?: string;
  createdAt: string;
}

/** The messages to one address, as the development inbox shows them. */
export class Inbox {
  constructor(private readonly client: Client) {}

  /** Newest first. */
  async messages(to: string, template?: Message['template']): Promise<Message[]> {
    const reply = await this.client.get<Message[]>(`/dev/messages?to=${encodeURIComponent(to)}`);
    if (reply.status !== 200) throw new Error(`The inbox answered ${reply.status} ${reply.text}`);
    return reply.body.filter((message) => template === undefined || message.template === template);
  }

  /** The newest one. Throws if there is none: a message is recorded before the request that causes it is answered. */
  async latest(to: string, template: Message['template']): Promise<Message> {
    const [message] = await this.messages(to, template);
    if (!message) throw new Error(`No message of the kind ${template} to ${to}`);
    return message;
  }

  /** The secret in the newest message's link. */
  async token(to: string, template: Message['template']): Promise<string> {
    return tokenOf(await this.latest(to, template));
  }
}

export function tokenOf(message: Pick<Message, 'link'>): string {
  const token = /[?&#]token=([^&#]+)/.exec(message.link ?? '')?.[1];
  if (!token) throw new Error(`No token in the link ${message.link}`);
  return decodeURIComponent(token);
}
