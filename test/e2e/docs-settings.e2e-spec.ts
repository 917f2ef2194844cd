import { useSharedApp } from '../support/test-app.js';

describe('the documents of a server with settings of its own', () => {
  const t = useSharedApp({
    TEMP_TOKEN_TTL_SECONDS: '120',
    TEMP_TOKEN_MAX_ATTEMPTS: '1',
    REAUTH_SECONDS: '600',
    EMAIL_CHANGE_REVERT_SECONDS: '172800',
    API_KEY_TTL_DAYS: '30',
  });

  it.each([
    ['primary', 'temp token is valid for two minutes and one code.'],
    ['primary', 'Not needed for ten minutes after a sign-in'],
    ['primary', 'It works once, for two days, whatever'],
    ['primary', 'Default: the server’s setting, 30'],
    ['datixlab', 'The temp token is valid for two minutes and one code.'],
    ['datixlab', 'Not needed for ten minutes after a sign-in'],
    ['datixlab', 'Default: the server’s setting, 30'],
  ])('%s says: %s', async (name, text) => {
    expect((await t.get(`/openapi/${name}.json`)).text).toContain(text);
  });
});
