import type { SpanDescription } from '../common/tracing.js';

const MAX_SUMMARIES = 1000;

/** Not what follows FROM in `extract(epoch FROM now())`: a function, or a column. */
const TABLE = /\bFROM\s+"?([a-z_]+)\b(?!\s*[.(])|\b(?:INTO|UPDATE)\s+"?([a-z_]+)\b/i;

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
  const table = TABLE.exec(text)?.slice(1).find(Boolean);
  const summary = table ? `${verb} ${table}` : verb;
  if (summaries.size < MAX_SUMMARIES) summaries.set(text, summary);
  return summary;
}
