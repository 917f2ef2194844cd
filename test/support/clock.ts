/**
 * The only place where tests read the clock (lint refuses it elsewhere). A bound on a value from here must be so wide
 * that a machine that stands still for a minute does not break it; use `TestDatabase.pass` to advance time.
 */

/** The present, as JWTs write it. */
export const epochSeconds = (): number => Math.floor(Date.now() / 1000);

export const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

export const secondsUntil = (time = ''): number => (Date.parse(time) - Date.now()) / 1000;

/** For figures that are printed, never asserted. */
export const milliseconds = (): number => performance.now();
