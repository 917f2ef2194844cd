import { isUtf8 } from './charset.js';

describe('the charset of a body', () => {
  it.each([
    'application/json',
    'application/json;',
    'application/json; charset=UTF8',
    'application/json;charset="Utf-8"',
    "application/json; charset='utf8'",
    'application/json; charset=us-ascii',
    'application/json; charset="US-ASCII"',
    'application/json; charset=',
    'application/json; charset=""',
    'application/json; charset',
    'application/json; charset = utf-8 ; v=1',
    'application/json; v=1;CHARSET=utf-8;',
    'application/json; charset=utf-8; charset=UTF-8',
    'application/json; profile="https://x/;charset=latin1"',
    'application/json; profile="\\";charset=latin1"',
    'application/json; x-charset=latin1',
    'multipart/form-data; boundary="charset=utf-16"',
  ])('is UTF-8 in %j', (type) => expect(isUtf8(type)).toBe(true));

  it.each([
    'application/json; charset=windows-1252',
    'application/json; charset =latin1',
    'application/json; charset\t= latin1',
    'application/json ;charset= "latin1"',
    'application/json; charset=utf-8-sig',
    'application/json; charset=utf-8x',
    'application/json; charset=utf-7',
    'application/json; charset=UTF-16LE',
    'application/json; charset="utf-32"',
    "application/json; charset='gbk'",
    'application/json; charset=utf-8; charset=latin1',
    'application/json; charset=shift_jis; charset=utf-8',
    'application/json; charset=utf-8, text/plain',
    'application/json; profile="x"; charset=big5',
    'application/json; v="; charset=big5',
  ])('is not in %j', (type) => expect(isUtf8(type)).toBe(false));

  it('is found in time that grows with the header only', () => {
    const long = `application/json${'; a=" '.repeat(3_000)}; charset=latin1`;
    expect(isUtf8(long)).toBe(false);
  });
});
