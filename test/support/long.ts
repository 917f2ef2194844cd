/** Whether `npm run test:faults` runs, which takes all the time it needs: docs/faults.md. */
export const isLong = process.env.FAULTS_ROUNDS !== undefined;

/** For a test that is too long for `npm test`. */
export const itLong: jest.It = isLong ? it : it.skip;

/** For tests that are too long for `npm test`. */
export const describeLong: jest.Describe = isLong ? describe : describe.skip;

/** All of them in `npm run test:faults`; in `npm test` so many, with which the next turn goes on. */
export const inTurn = <T>(all: T[], turn: number, count: number): T[] =>
  isLong || count >= all.length
    ? all
    : Array.from({ length: count }, (_, index) => all[(turn * count + index) % all.length] as T);
