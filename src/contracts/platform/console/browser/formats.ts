/** Marks that change the direction of a text, controls, and characters that cannot be seen. */
const INVISIBLE = /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
/** What a count of the overview does not go beyond. */
const MAX_COUNTED = 10_000;

/** A text that people chose, without what disguises it. */
export const visible = (text: string): string => text.replace(INVISIBLE, '\ufffd');

export const nameOf = ({ firstName, lastName }: { firstName: string; lastName: string }): string =>
  visible(`${firstName} ${lastName}`.trim()) || 'Without a name';

export const countOf = (count: number): string =>
  `${count.toLocaleString('en')}${count >= MAX_COUNTED ? '+' : ''}`;

/** `2026-01-15 10:00`, in the time zone of the browser. */
export function timeOf(iso: string): string {
  const time = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `3 hours ago`, `in 14 days`. */
export function distanceOf(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return unit === 'second' ? 'just now' : RELATIVE.format(Math.round(seconds / length), unit);
}

/** In groups of four, for typing. */
export const inGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? '';

/** `user.deletion_requested` to `User: deletion requested`. */
export function actionOf(action: string): string {
  const [subject = '', verb = ''] = action.split('.').map((part) => part.replaceAll('_', ' '));
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)}${verb && `: ${verb}`}`;
}
