/** A message as `GET /dev/messages` returns it. */
export interface Message {
  id: string;
  channel: 'sms' | 'email';
  to: string;
  template: keyof typeof KINDS;
  subject: string;
  text: string;
  code?: string;
  link?: string;
  createdAt: string;
}

const KINDS = {
  otp: 'code',
  invitation: 'invitation',
  'password-reset': 'password reset',
  'verify-email': 'e-mail confirmation',
  notice: 'notice',
  'account-restoration': 'account restoration',
};

/** What the list shows below the subject. */
export function kindOf({ channel, template }: Message): string {
  return `${channel === 'sms' ? 'SMS · ' : ''}${KINDS[template]}`;
}

/** The time since `iso`; the date after a day. `now` in milliseconds. */
export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(iso).toLocaleDateString();
}

export interface Filter {
  text: string;
  /** True for a complete address: the server looks it up, however old its messages are. */
  isWhole: boolean;
}

export function filterOf(typed: string): Filter {
  const text = typed.trim().toLowerCase();
  return { text, isWhole: /^[^\s@]+@[^\s@]+\.[^\s@]+$|^\+\d{7,15}$/.test(text) };
}

/** The messages to show: part of an address filters the ones that are loaded. */
export function matching(messages: readonly Message[], { text, isWhole }: Filter): Message[] {
  return messages.filter((message) => isWhole || message.to.toLowerCase().includes(text));
}

/** The secret in the fragment of a link, if it has one. */
export function tokenIn(link: string): string | null {
  return new URLSearchParams(link.split('#')[1] ?? '').get('token');
}
