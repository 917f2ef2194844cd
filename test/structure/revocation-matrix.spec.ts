import { readFileSync, writeFileSync } from 'node:fs';
import { CREDENTIALS, MATRIX, type Row } from '../support/revocation/matrix.js';
import { renderRevocationMatrix } from '../support/revocation/render.js';

const PAGE = 'docs/revocation-matrix.md';

it('the committed page is the one generated from the table of the test', () => {
  const text = renderRevocationMatrix();
  if (process.env.WRITE_DOCS === '1') writeFileSync(PAGE, text);
  expect(readFileSync(PAGE, 'utf8')).toBe(text);
});

it('the table has a cell for every event and every credential', () => {
  const rows = Object.values<Row>(MATRIX);
  for (const { outcomes } of rows) {
    expect(Object.keys(outcomes)).toEqual(Object.keys(CREDENTIALS));
    expect(Object.values(outcomes)).not.toContain(undefined);
  }
  expect(rows.length).toBeGreaterThanOrEqual(15);
});
