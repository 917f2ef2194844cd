import { cpus } from 'node:os';

const COLUMNS = ['', 'req/s', 'of', 'ratio', 'p50 ms', 'of', 'p99 ms', 'of', 'ratio', 'PG µs', 'of', 'ratio'];
const WIDTHS = [36, 9, 9, 8, 9, 9, 9, 9, 8, 9, 9, 8];

/** The conditions under which the figures are valid, and the head of the table. */
export function describeConditions({ postgres }, { pairs, windowMs, small, people, members }) {
  return [
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, PostgreSQL ${postgres.version}, 8 connections`,
    `${people} people, ${3 * people} sessions, ${2 * people} audit events, the largest tenant has ${members} members; "of": ` +
      `${small} people, the same share of members`,
    `${pairs} pairs of ${windowMs} ms windows, medians; targets: throughput ≥ 0.85, p99 ≤ 1.3`,
    '',
    line(COLUMNS),
  ].join('\n');
}

/** @param {import('../load.mjs').Load[][]} windows of the small database, and of the large one */
export function describePath(title, [small, large]) {
  const rate = ({ requests, seconds }) => requests / seconds;
  const cells = [
    ...both(rate, 0, large, small),
    ratio(rate, large, small),
    ...both(({ p50 }) => p50 / 1e6, 2, large, small),
    ...both(({ p99 }) => p99 / 1e6, 2, large, small),
    ratio(({ p99 }) => p99, large, small),
    ...both(databasePerRequest, 0, large, small),
    ratio(databasePerRequest, large, small),
  ];
  return line([title, ...cells]);
}

/** CPU time of all processes of PostgreSQL. It hardly depends on what else the machine does. */
const databasePerRequest = ({ databaseMicros, requests }) => databaseMicros / requests;

const both = (figure, digits, ...sides) =>
  sides.map((windows) => median(windows.map(figure)).toFixed(digits));

function ratio(figure, large, small) {
  return median(large.map((window, pair) => figure(window) / figure(small[pair]))).toFixed(2);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const line = (cells) =>
  cells
    .map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[at]) : cell.padStart(WIDTHS[at])))
    .join('')
    .trimEnd();
