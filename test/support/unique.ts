import { randomBytes } from 'node:crypto';

/** Every policy accepts them. Short, because estimating a password takes time that grows with the square of its length. */
export const PASSWORD = 'Vexed-Oboe-7';
export const NEW_PASSWORD = 'Ozone-Viper-3';

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
