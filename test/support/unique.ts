import { randomBytes } from 'node:crypto';

/** Three unrelated words and a number: every policy accepts it. */
export const PASSWORD = 'Copper-Lantern-42-Violin';
export const NEW_PASSWORD = 'Granite-Meadow-77-Oboe';

const TEXTS = 2n ** 40n;
/** Odd, so that the steps pass every text before one repeats; and large, so that no two in a row look alike. */
const STEP = 0x9e3779b97fn;
let last = BigInt(`0x${randomBytes(5).toString('hex')}`);

/** A short text, unique to the test: the start is drawn, and none repeats in a spec file. */
export const unique = (): string => {
  last = (last + STEP) % TEXTS;
  return last.toString(16).padStart(10, '0');
};
export const uniqueEmail = (name = 'person'): string => `${name}-${unique()}@example.com`;
