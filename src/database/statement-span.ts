import type { SpanDescription } from '../common/tracing.js';

const MAX_SUMMARIES = 1000;

const summaries = new Map<string, string>();

/**
 * The span of a statement: its name if it has one of its own, and its verb with the first table that it names. Never its
 * text, nor its values.
 */
export function statementSpan(text: string, name?: string): SpanDescription {
  const summary = summaryOf(text);
  return {
    name: name ?? summary,
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.summary': summary,
      ...(name !== undefined && { 'gatehouse.statement': name }),
    },
  };
}

function summaryOf(text: string): string {
  const known = summaries.get(text);
  if (known !== undefined) return known;
  const verb = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? 'STATEMENT';
  const table = /\b(?:FROM|INTO|UPDATE)\s+"?([a-z_]+)\b/i.exec(text)?.[1];
  const summary = table ? `${verb} ${table}` : verb;
  if (summaries.size < MAX_SUMMARIES) summaries.set(text, summary);
  return summary;
}
