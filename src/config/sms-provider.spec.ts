import { randomBytes } from 'node:crypto';
import { ConfigError, loadConfig } from './config.js';
import { parseSmsUrl } from './sms-provider.js';

const problemsOf = (environment: NodeJS.ProcessEnv): string[] => {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};
const production = {
  NODE_ENV: 'production',
  SECRET_KEY: randomBytes(32).toString('base64'),
  DATABASE_URL: 'postgres://db.internal/gatehouse',
  PUBLIC_URL: 'https://id.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'none',
};

describe('SMS_URL', () => {
  it.each(['+15550001111', '%2B15550001111'])('names an account, its token and a sender: %s', (from) => {
    expect(parseSmsUrl(`twilio://AC123:to%40ken@api.twilio.com?from=${from}`)).toEqual({
      kind: 'twilio',
      baseUrl: 'https://api.twilio.com',
      accountSid: 'AC123',
      authToken: 'to@ken',
      from: '+15550001111',
    });
  });

  it('accepts another host and port, and plain HTTP where it says so', () => {
    const provider = parseSmsUrl('twilio+http://AC123:token@127.0.0.1:8080/?from=ACME');
    expect(provider).toMatchObject({ baseUrl: 'http://127.0.0.1:8080', from: 'ACME' });
  });

  it('may be a webhook', () => {
    const url = 'https://hook.example/sms?team=1';
    expect(parseSmsUrl(url)).toEqual({ kind: 'webhook', url });
  });

  it.each([
    ['hook.example', /^SMS_URL must be a URL/],
    ['ftp://hook.example', /must start with twilio:/],
    ['https://user:secret@hook.example', /must hold neither a password/],
    ['twilio://api.twilio.com?from=+15550001111', /needs the account SID/],
    ['twilio://AC123@api.twilio.com?from=+15550001111', /needs the account SID/],
    ['twilio://AC123:token@api.twilio.com', /needs a sender/],
    ['twilio://AC123:token@api.twilio.com?from=+0800', /needs a sender/],
    ['twilio://AC123:token@api.twilio.com/2010?from=ACME', /and no path/],
  ])('%s is refused, and no secret is repeated', (SMS_URL, fault) => {
    const [problem = '', ...others] = problemsOf({ SMS_URL });
    expect(problem).toMatch(fault);
    expect(problem).toMatch(/Example: SMS_URL=twilio:\/\/ACCOUNT_SID/);
    expect(problem.split('Example')[0]).not.toMatch(/secret|AC123/);
    expect(others).toEqual([]);
  });

  it('requires a secret to sign with for a webhook', () => {
    const SMS_URL = 'https://hook.example/sms';
    const fault = /^SMS_WEBHOOK_SECRET needs at least 32 characters/;
    expect(problemsOf({ SMS_URL })).toEqual([expect.stringMatching(fault)]);
    expect(problemsOf({ SMS_URL, SMS_WEBHOOK_SECRET: 'x'.repeat(31) })).toEqual([
      expect.stringMatching(fault),
    ]);
    expect(problemsOf({ SMS_URL, SMS_WEBHOOK_SECRET: 'x'.repeat(32) })).toEqual([]);
  });

  it.each([
    ['http://hook.example/sms', 1],
    ['twilio+http://AC123:token@proxy.internal?from=ACME', 1],
    ['http://127.0.0.1:8080/sms', 0],
    ['https://hook.example/sms', 0],
  ])('%s in production: %i problems', (SMS_URL, count) => {
    const problems = problemsOf({ ...production, SMS_URL, SMS_WEBHOOK_SECRET: 'x'.repeat(32) });
    expect(problems).toEqual(Array(count).fill(expect.stringMatching(/^SMS_URL may not be plain HTTP/)));
  });

  it('requires an APP_URL whose links fit into an SMS', () => {
    const SMS_URL = 'twilio://AC123:token@api.twilio.com?from=ACME';
    const APP_URL = `https://app.example.com/${'x'.repeat(70)}`;
    expect(problemsOf({ SMS_URL, APP_URL })).toEqual([expect.stringMatching(/^APP_URL must be at most 80/)]);
    expect(problemsOf({ APP_URL })).toEqual([]);
  });
});

describe('SMS_COUNTRIES', () => {
  it('is a set of ISO codes', () => {
    expect(loadConfig({ SMS_COUNTRIES: 'in, GB' }).SMS_COUNTRIES).toEqual(new Set(['IN', 'GB']));
  });

  it.each(['XX', 'IN,India', 'IN,', '*'])('%s is refused', (SMS_COUNTRIES) => {
    expect(problemsOf({ SMS_COUNTRIES })).toEqual([
      expect.stringMatching(/^SMS_COUNTRIES knows no country .*Example: SMS_COUNTRIES=IN,GB,US$/),
    ]);
  });
});
