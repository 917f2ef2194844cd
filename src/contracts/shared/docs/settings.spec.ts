import { loadConfig } from '../../../config/config.js';
import { count, duration, fillInSettings, withSettings } from './settings.js';

const config = loadConfig({});
const within = (seconds: number) =>
  withSettings(duration('OTP_TTL_SECONDS'), { ...config, OTP_TTL_SECONDS: seconds });

describe('a description with the value of a setting', () => {
  it.each([
    [0, 'zero seconds'],
    [1, 'one second'],
    [45, '45 seconds'],
    [60, 'one minute'],
    [90, '90 seconds'],
    [300, 'five minutes'],
    [1800, 'half an hour'],
    [5400, '90 minutes'],
    [3600, 'one hour'],
    [86_400, 'one day'],
    [90_000, '25 hours'],
    [7 * 86_400, 'seven days'],
    [30 * 86_400, '30 days'],
  ])('says %d seconds as %s', (seconds, expected) => {
    expect(within(seconds)).toBe(expected);
  });

  it.each([
    [1, 'one code'],
    [12, 'twelve codes'],
    [13, '13 codes'],
  ])('counts %d as %s', (codes, expected) => {
    const settings = { ...config, OTP_MAX_ATTEMPTS: codes };
    expect(withSettings(count('OTP_MAX_ATTEMPTS', 'code'), settings)).toBe(expected);
  });

  it('gives a number without a noun by itself', () => {
    expect(withSettings(`Default: ${count('API_KEY_TTL_DAYS')}`, config)).toBe('Default: 90');
  });

  it.each(['{OTP_TTL}', '{OTP_TTL:second}', '{CORS_ORIGINS}', '{LOG_LEVEL}'])('refuses %s', (unknown) => {
    expect(() => withSettings(`Valid for ${unknown}.`, config)).toThrow(unknown);
  });

  it('leaves other braces as they are', () => {
    const text = 'Returns `{requiresTwoFactor: true, tempToken}` at `/problems/{code}`.';
    expect(withSettings(text, config)).toBe(text);
  });

  it('is filled in wherever it stands in a document, and no example is touched', () => {
    const description = `Valid for ${duration('OTP_TTL_SECONDS')}`;
    const filled = { description: 'Valid for two minutes' };
    const document = {
      paths: { '/a': { get: { summary: description, parameters: [{ description, example: description }] } } },
      components: { schemas: { A: { properties: { description: { description } } } } },
    };
    fillInSettings(document, { ...config, OTP_TTL_SECONDS: 120 });
    expect(document).toEqual({
      paths: {
        '/a': { get: { summary: filled.description, parameters: [{ ...filled, example: description }] } },
      },
      components: { schemas: { A: { properties: { description: filled } } } },
    });
  });
});
