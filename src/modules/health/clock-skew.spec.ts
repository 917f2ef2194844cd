import { clockSkewSeconds, describeClockSkew } from './clock-skew.js';

describe('the skew between the clocks of server and database', () => {
  it.each([
    ['none, if the database read its clock while the server waited', 100, 900, 500, 0],
    ['none at either end of the wait', 100, 900, 900, 0],
    ['positive, if the server is ahead', 10_000, 10_400, 7_000, 3],
    ['negative, if the server is behind', 1_000, 1_400, 4_400, -3],
  ])('is %s', (_, sentAt, answeredAt, databaseAt, seconds) => {
    expect(clockSkewSeconds({ sentAt, answeredAt, databaseAt })).toBe(seconds);
  });

  it.each([
    [2, null],
    [-2, null],
    [2.1, expect.stringContaining('2.1 seconds ahead of the database')],
    [-61, expect.stringContaining('61.0 seconds behind the database')],
  ])('of %s seconds is reported as it deserves', (seconds, text) => {
    expect(describeClockSkew(seconds)).toEqual(text);
  });
});
