/** Whether `npm run test:faults` runs, which takes all the time it needs: docs/faults.md. */
export const isLong = process.env.FAULTS_ROUNDS !== undefined;

/** For a test that is too long for `npm test`. */
export const itLong: jest.It = isLong ? it : it.skip;

/** For tests that are too long for `npm test`. */
export const describeLong: jest.Describe = isLong ? describe : describe.skip;
