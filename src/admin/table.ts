import { HIDDEN, isVisible } from '../common/visible-text.js';

const ALL_HIDDEN = new RegExp(HIDDEN, 'gu');

/** A value for a terminal: one line, with what a terminal would obey or hide written out, as others may have typed it. */
export function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return isVisible(text)
    ? text
    : text.replace(ALL_HIDDEN, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Rows below their names, the columns below each other; `none` if there are none. */
export function table<Row extends object>(
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
  none = 'None.',
): string {
  if (rows.length === 0) return `${none}\n`;
  const lines = [[...columns], ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((text, at) => text.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** One thing: a line for each of its members. */
export function list(thing: object): string {
  const members = Object.entries(thing);
  const width = Math.max(...members.map(([name]) => name.length));
  return members.map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}\n`).join('');
}
