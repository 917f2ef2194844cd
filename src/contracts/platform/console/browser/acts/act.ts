import type { Change } from '../records.js';

/** An act as the dialog presents it. */
export interface Act {
  /** Names the act and whom it concerns. */
  title: string;
  /** What happens, in sentences. */
  effects: string[];
  verb: string;
  isDangerous?: boolean;
  /** To be typed before the act, which cannot be taken back by a second one. */
  confirmation?: string;
  path: string;
  /** Beside reason and reference. */
  members?: Record<string, string>;
  /** What is announced afterwards. */
  done(change: Change): string;
}

export const TOLD_PERSON = 'The person gets a message.';
export const TOLD_OWNERS = 'The owners get a message.';
export const UNCHANGED = 'It was so already. Nothing was changed.';

export const changed =
  (text: string) =>
  ({ changed: isChanged = true, sessions }: Change): string =>
    isChanged ? `${text}${sessions === undefined ? '' : ` ${sessionsOf(sessions)}`}` : UNCHANGED;

const sessionsOf = (count: number): string =>
  count === 1 ? 'One session ended.' : `${count || 'No'} sessions ended.`;
