/** Whether `npm run test:faults` runs, which takes all the time it needs: docs/faults.md. */
export const isLong = process.env.FAULTS_ROUNDS !== undefined;

/** For a test that is too long for `npm test`. */
export const itLong: jest.It = isLong ? it : it.skip;

/** For tests that are too long for `npm test`. */
export const describeLong: jest.Describe = isLong ? describe : describe.skip;

/**
 * All of them in `npm run test:faults`. In `npm test`, `count` of them: turn 0 has the first ones, turn 1 those after
 * them, and so on, from the beginning again after the last.
 */
export const inTurn = <T>(all: T[], turn: number, count: number): T[] =>
  isLong || count >= all.length
    ? all
    : Array.from({ length: count }, (_, index) => all[(turn * count + index) % all.length] as T);
