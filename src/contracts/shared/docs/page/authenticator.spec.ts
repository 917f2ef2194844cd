import { jest } from '@jest/globals';
import { enrolled, nextCode, used } from './authenticator.js';

/** RFC 6238, appendix B: the ASCII text "12345678901234567890". */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('the authenticator of the page', () => {
  const at = (seconds: number) => jest.spyOn(Date, 'now').mockReturnValue(seconds * 1000);
  afterEach(() => jest.restoreAllMocks());

  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('shows at %d seconds what RFC 6238 prints', async (seconds, code) => {
    at(seconds);
    expect(await nextCode(enrolled(SECRET))).toBe(code);
  });

  it('shows no code twice: the next step’s where the present one is used', async () => {
    at(1111111109 - 30);
    const once = used(enrolled(SECRET));
    expect(await nextCode(once)).toBe('081804');
    at(1111111111);
    expect(await nextCode(once)).toBe('050471');
  });

  it('goes by the step that the QR code names', async () => {
    at(3_600 * 37037036);
    const hourly = enrolled(SECRET, `otpauth://totp/Acme:ada?secret=${SECRET}&digits=6&period=3600`);
    expect(await nextCode(hourly)).toBe('081804');
  });
});
