import { remembered } from './remembered.js';

describe('a remembered function', () => {
  const count = () => {
    const asked: string[] = [];
    const work = remembered((text): string | null => {
      asked.push(text);
      return text === '' ? null : text.toUpperCase();
    });
    return { asked, work };
  };

  it('works each text out once, also one whose result is null', () => {
    const { asked, work } = count();
    expect(['a', '', 'a', ''].map(work)).toEqual(['A', null, 'A', null]);
    expect(asked).toEqual(['a', '']);
  });

  it('keeps no long text, and no more than it has room for', () => {
    const { asked, work } = count();
    const long = 'x'.repeat(65);
    work(long);
    work(long);
    work('first');
    for (let n = 0; n < 10_000; n += 1) work(String(n));
    work('first');
    expect(asked.filter((text) => text === long || text === 'first')).toEqual([long, long, 'first', 'first']);
  });
});
