import { jest } from '@jest/globals';
import { inertText } from './inert-text.js';

describe('inertText', () => {
  it.each([
    ['Priya Sharma', 'Priya Sharma'],
    ['  Anne-Marie   O’Neill ', 'Anne-Marie O’Neill'],
    ['J. R. Smith', 'J. R. Smith'],
    ['Müller & Söhne GmbH.', 'Müller & Söhne GmbH.'],
    ['प्रिया शर्मा', 'प्रिया शर्मा'],
    ['{{7*7}}', '{{7*7}}'],
  ])('leaves an honest name unchanged: %j', (name, expected) => {
    expect(inertText(name, 'somebody')).toBe(expected);
  });

  it.each([
    ['line breaks', 'Eve\r\nBcc: all\u2028x\u0085y', 'Eve Bcc: all x y'],
    ['controls', 'E\u0000v\u001b[31me\u007f', 'Ev[31me'],
    ['bidi overrides and isolates', '\u202eevE\u2066x\u2069\u200f', 'evEx'],
    ['zero-width characters', 'E\u200bv\u200de\ufeff\u00ad', 'Eve'],
    ['lone surrogates', 'Eve\ud800', 'Eve'],
  ])('removes %s', (_, name, expected) => {
    expect(inertText(name, 'somebody')).toBe(expected);
  });

  it.each([
    'https://evil.example',
    'click http:\u200b//evil.example now',
    'ｈｔｔｐｓ：／／evil.example',
    '//evil.example',
    '\\\\evil.example',
    'WWW.evil.example',
    'mailto:eve@evil.example',
    'eve@evil.example',
    'javascript:alert(1)',
  ])('drops a name that contains a link: %j', (name) => {
    expect(inertText(name, 'somebody')).toBe('somebody');
  });

  it.each([
    'evil.example',
    'evil．example',
    'evil。example',
    'evil｡example',
    'evil..example',
    'ev\u200bil.\u200bexample',
  ])('leaves no domain in %j', (name) => {
    expect(inertText(name, 'somebody')).toBe('evil example');
  });

  it('returns the fallback if nothing visible is left', () => {
    expect(inertText(' \u200b\r\n', 'somebody')).toBe('somebody');
  });

  it('shortens to 80 characters without cutting one in two', () => {
    const short = inertText('😀'.repeat(200), 'somebody');

    expect(Array.from(short)).toHaveLength(80);
    expect(short).toBe(`${'😀'.repeat(79)}…`);
  });

  it('processes only the start of a long text', () => {
    const normalize = jest.spyOn(String.prototype, 'normalize');
    inertText('a.'.repeat(1_000_000), 'somebody');
    const lengths = normalize.mock.contexts.map((text) => String(text).length);
    normalize.mockRestore();
    expect(lengths).toEqual([1_000]);
  });
});
