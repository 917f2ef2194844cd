import { randomBytes } from 'node:crypto';

/** Three unrelated words and a number: every policy accepts it. */
export const PASSWORD = 'Copper-Lantern-42-Violin';
export const NEW_PASSWORD = 'Granite-Meadow-77-Oboe';

/** A short text, unique to the test. */
export const unique = (): string => randomBytes(5).toString('hex');
export const uniqueEmail = (name = 'person'): string => `${name}-${unique()}@example.com`;
