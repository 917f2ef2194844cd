import type { ENGLISH } from './english.js';

/** The key of a text in a message. */
export type TextKey = keyof typeof ENGLISH;
