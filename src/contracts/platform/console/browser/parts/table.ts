import { html, type TemplateResult } from '../lit/lit-html.js';
import type { Content } from './elements.js';

export interface Column<Row> {
  label: string;
  cell: (row: Row) => Content | Content[];
  isNumber?: boolean;
}

/**
 * A table, of which each row is a card on a phone. Its roles are explicit because browsers drop them with the layout of
 * tables.
 */
export function table<Row>(
  caption: string,
  columns: Column<Row>[],
  rows: readonly Row[],
  none: string,
): TemplateResult {
  if (rows.length === 0) return html`<p class="none">${none}</p>`;
  return html`<table role="table" aria-label=${caption}>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          ({ label, isNumber }) =>
            html`<th role="columnheader" scope="col" class=${isNumber ? 'number' : ''}>
              ${label || html`<span class="hidden">Acts</span>`}
            </th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            ${columns.map(
              ({ label, cell, isNumber }) =>
                html`<td role="cell" class=${isNumber ? 'number' : ''} data-label=${label}>${cell(row)}</td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
