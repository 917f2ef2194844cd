import { codeOf } from './authenticator.js';

/** RFC 6238, appendix B, SHA-1, by step; the last six digits. */
it.each([
  [1, '287082'],
  [37037036, '081804'],
  [66666666, '279037'],
  [666666666, '353130'],
])('the page makes the code of step %d', async (step, code) => {
  expect(await codeOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', step)).toBe(code);
});
