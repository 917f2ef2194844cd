import { inertText } from '../inert-text.js';

const DATE_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

const DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `21 November 2026 at 23:45 UTC` */
export function dateTime(at: Date): string {
  return `${DATE_TIME.format(at)} UTC`;
}

/** `21 November 2026` */
export function day(at: Date): string {
  return DATE.format(at);
}

export function greet(firstName: string): string {
  const name = inertText(firstName, '');
  return name === '' ? 'Hello,' : `Hello ${name},`;
}
