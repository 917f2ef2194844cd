import { Exposition } from '../support/prometheus.js';

const head = (type: string) => `# HELP x What it is\n# TYPE x ${type}\n`;

it('a page that Prometheus accepts is parsed', () => {
  const page = new Exposition(`${head('gauge')}x{a="1",b="q\\"\\n"} 2.5e-7\nx{a="2",b=""} +Inf\n`);
  expect(page.series('x', { a: '1' })).toEqual([
    { name: 'x', labels: { a: '1', b: 'q\\"\\n' }, value: 2.5e-7 },
  ]);
});

it.each([
  ['without its last line end', `${head('gauge')}x 1`],
  ['with a sample of no family', 'x 1\n'],
  ['with a sample of another', `${head('gauge')}y 1\n`],
  ['with a family twice', `${head('gauge')}x 1\n${head('gauge')}`],
  ['with a sample of no family', `${head('gauge')}x{a="1",b="2"} 1\nx{b="2",a="1"} 1\n`],
  ['with a label that is not closed', `${head('gauge')}x{a="1} 1\n`],
  ['with a quote inside a label', `${head('gauge')}x{a="1"2"} 1\n`],
  ['with a label twice', `${head('gauge')}x{a="1",a="2"} 1\n`],
  ['with an invalid value', `${head('gauge')}x undefined\n`],
  ['with a counter below 0', `${head('counter')}x -1\n`],
  [
    'with buckets that decrease',
    `${head('histogram')}x_bucket{le="1"} 2\nx_bucket{le="+Inf"} 1\nx_count 1\n`,
  ],
  ['with buckets that end early', `${head('histogram')}x_bucket{le="1"} 1\nx_count 1\n`],
])('a page %s is refused', (_, text) => {
  expect(() => new Exposition(text)).toThrow();
});
