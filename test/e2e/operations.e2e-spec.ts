import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { useSharedApp } from '../support/test-app.js';

const t = useSharedApp();
const ALERTS = 'ops/prometheus/alerts.yaml';
const page = readFileSync('docs/operations.md', 'utf8');
const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync('ops/grafana/gatehouse.json', 'utf8')) as {
  panels: { targets: { expr: string }[] }[];
};
const promtool = spawnSync('promtool', ['--version']).error === undefined;

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

/** The metrics that an expression names, without what a histogram appends. */
const metricsOf = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:gatehouse|http|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );

it('every metric of the alerts and the dashboard is on the metrics page of a server', async () => {
  const { text } = await t.get('/metrics');
  const known = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  const named = expressions.flatMap(metricsOf);
  expect(expressions.length).toBeGreaterThan(20);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  for (const expression of expressions) expect(metricsOf(expression)).not.toEqual([]);
});

it('every alert has a runbook, which the page contains', () => {
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  for (const { alert, annotations, labels } of rules) {
    const [, anchor = ''] = annotations.runbook.split('docs/operations.md#');
    expect([alert, anchors.includes(anchor)]).toEqual([alert, true]);
    expect(['page', 'warn']).toContain(labels.severity);
  }
});

(promtool ? it : it.skip)('promtool accepts the alerts', () => {
  expect(execFileSync('promtool', ['check', 'rules', ALERTS], { encoding: 'utf8' })).toContain('SUCCESS');
});
