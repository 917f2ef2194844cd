export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

interface Family {
  type: string;
  series: Series[];
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) \S.*$/;
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/;
/** A value is any text that Go parses as a float, so the case of NaN does not matter. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.+)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|Na[Nn])$/;
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?!$)|$)/;

/**
 * A page in the Prometheus text format, version 0.0.4. Throws at the first error for which Prometheus would refuse
 * it.
 */
export class Exposition {
  private readonly families = new Map<string, Family>();

  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('The last line has no end');
    let current = '';
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const [, helped] = HELP.exec(line) ?? [];
      const [, typed, type = ''] = TYPE.exec(line) ?? [];
      if (helped !== undefined) {
        if (this.families.has(helped)) throw new Error(`Twice: ${helped}`);
        current = helped;
      } else if (typed !== undefined) {
        if (typed !== current) throw new Error(`A type without its help: ${line}`);
        this.families.set(typed, { type, series: [] });
      } else this.add(current, parseSample(line));
    }
    for (const [name, { type, series }] of this.families) check(name, type, series);
  }

  get names(): string[] {
    return [...this.families.keys()];
  }

  /** The samples of one name, a histogram's `_count` among them, that have at least these labels. */
  series(name: string, labels: Record<string, string> = {}): Series[] {
    const family = this.families.get(name.replace(/_(count|sum|bucket)$/, '')) ?? this.families.get(name);
    return (family?.series ?? []).filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    );
  }

  /** The sum over all series with these labels; 0 where there is none. */
  total(name: string, labels: Record<string, string> = {}): number {
    return this.series(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  private add(family: string, sample: Series): void {
    const found = this.families.get(family);
    const base = found?.type === 'histogram' ? sample.name.replace(/_(count|sum|bucket)$/, '') : sample.name;
    if (!found || base !== family) throw new Error(`${sample.name} is listed under ${family}`);
    found.series.push(sample);
  }
}

function parseSample(line: string): Series {
  const [, name = '', written = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === '') throw new Error(`No sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = written; rest !== '';) {
    const [whole, key = '', text = ''] = LABEL.exec(rest) ?? [];
    if (whole === undefined || key in labels) throw new Error(`No labels: ${line}`);
    labels[key] = text;
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

function check(name: string, type: string, series: Series[]): void {
  const keys = series.map((one) => `${one.name} ${keyOf(one.labels)}`);
  if (new Set(keys).size < keys.length) throw new Error(`A series of ${name} is listed twice`);
  if (type === 'counter' && series.some(({ value }) => !(value >= 0))) throw new Error(`${name} is below 0`);
  if (type !== 'histogram') return;
  for (const { labels, value: count } of series.filter((one) => one.name === `${name}_count`)) {
    const buckets = series.filter(
      (one) =>
        one.name === `${name}_bucket` && keyOf({ ...one.labels, le: '' }) === keyOf({ ...labels, le: '' }),
    );
    const isRising = buckets.every(({ value }, at) => value >= (buckets[at - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (!isRising || last?.labels.le !== '+Inf' || last.value !== count)
      throw new Error(`The buckets of ${name} do not add up`);
  }
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort());
}
