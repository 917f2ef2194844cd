import { cpus } from 'node:os';

const COLUMNS = ['', 'req/s', 'server µs', 'PostgreSQL µs', 'statements', 'p50 ms', 'p99 ms'];
const WIDTHS = [52, 9, 11, 15, 12, 9, 9];

/** The conditions under which the figures are valid. */
export function describeConditions({ postgres, limits }, { pairs, windowMs }) {
  const limitsText = limits
    ? 'on (the load comes from many loopback addresses)'
    : 'off (THROTTLE_ENABLED=false)';
  return [
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, PostgreSQL ${postgres.version} (fsync ` +
      `${postgres.fsync}, synchronous_commit ${postgres.synchronous}), one process, ES256, log to a file`,
    `limits by address: ${limitsText}; ${pairs} pairs of ${windowMs} ms windows, medians`,
    'server and PostgreSQL: CPU of one request; statements: what the server sent, BEGIN and COMMIT included',
    '',
    line(COLUMNS),
  ].join('\n');
}

/** @param {Awaited<ReturnType<typeof import('./measure.mjs').measurePath>>} result */
export function describePath({ path, product, floors }) {
  return [
    '',
    figures(path.title, product),
    line(['  target', '', path.targets.server, path.targets.postgres, path.targets.statements, '', '']),
    ...floors.flatMap(({ floor, figures: own, ratio }) => [
      figures(`  beside: ${floor.title}`, own),
      `  ratio ${describeRatio(ratio)}${floor.target ? `, target ≥ ${floor.target}` : ', for comparison'}; ` +
        `${describeCpu(product, own)}${describeMachine(floor, own)}`,
    ]),
  ].join('\n');
}

export function describeServer({ peakKib, starts }) {
  return [
    '',
    `peak resident memory     ${Math.round(peakKib / 1024)} MiB (target ≤ 200)`,
    `start to ready, warm     external database ${describeStart(starts.external)} (target ≤ 1.5 s)`,
    `                         embedded database ${describeStart(starts.embedded)} (target ≤ 3 s)`,
  ].join('\n');
}

function describeStart(start) {
  if (start === null) return 'not measured';
  const [wall, cpu] = [start.ms, start.cpuMs].map((ms) => `${(ms / 1000).toFixed(2)} s`);
  return `${wall}, ${cpu} of its own CPU`;
}

function figures(title, { perSecond, serverMicros, postgresMicros, statements, p50, p99 }) {
  const cells = [perSecond, serverMicros, postgresMicros].map((value) => value?.toFixed(0) ?? 'n/a');
  return line([title, ...cells, statements.toFixed(2), p50.toFixed(1), p99.toFixed(1)]);
}

function describeRatio({ median, range }) {
  return `${median.toFixed(2)} (${range.map((value) => value.toFixed(2)).join('–')})`;
}

/** More stable than the ratio of throughputs where other programs take their share of the machine. */
function describeCpu(product, floor) {
  const total = ({ serverMicros, postgresMicros }) => serverMicros + (postgresMicros ?? 0);
  const surplus = total(product) - total(floor);
  const sign = surplus >= 0 ? '+' : '−';
  return `CPU ${(total(product) / total(floor)).toFixed(2)} × (${sign}${Math.abs(surplus).toFixed(0)} µs)`;
}

/** The targets in microseconds apply to the machine they were set on. */
function describeMachine({ designMicros }, { serverMicros }) {
  if (designMicros === null) return '';
  return `; this machine takes ${(serverMicros / designMicros).toFixed(1)} × the design's ${designMicros} µs`;
}

function line(cells) {
  return cells
    .map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[at]) : cell.padStart(WIDTHS[at])))
    .join('')
    .trimEnd();
}
