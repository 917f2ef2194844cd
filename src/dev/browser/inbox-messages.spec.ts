import { ago, filterOf, kindOf, matching, type Message, tokenIn } from './inbox-messages.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const message = (to: string): Message => ({
  id: to,
  channel: to.startsWith('+') ? 'sms' : 'email',
  to,
  template: 'otp',
  subject: 'Your code',
  text: 'Your code is 048213.',
  createdAt: '2026-11-26T12:00:00Z',
});

it.each([
  ['2026-11-26T12:00:05Z', 'just now'],
  ['2026-11-26T11:59:51Z', 'just now'],
  ['2026-11-26T11:59:50Z', '10 s ago'],
  ['2026-11-26T11:59:00Z', '1 min ago'],
  ['2026-11-26T11:00:01Z', '59 min ago'],
  ['2026-11-25T12:00:01Z', '23 h ago'],
])('tells how long ago %s was: %s', (at, text) => {
  expect(ago(at, NOW)).toBe(text);
});

it('shows the date after a day', () => {
  expect(ago('2026-11-25T12:00:00Z', NOW)).toBe(new Date('2026-11-25T12:00:00Z').toLocaleDateString());
});

it('names the kind of a message, and the channel of an SMS', () => {
  expect(kindOf(message('ada@example.com'))).toBe('code');
  expect(kindOf(message('+919876543210'))).toBe('SMS · code');
});

describe('the filter', () => {
  it.each([
    [' Ada@Example.com ', 'ada@example.com', true],
    ['+919876543210', '+919876543210', true],
    ['ada@', 'ada@', false],
    ['+91', '+91', false],
    ['ada b@example.com', 'ada b@example.com', false],
    ['', '', false],
  ])('reads %j', (typed, text, isWhole) => {
    expect(filterOf(typed)).toEqual({ text, isWhole });
  });

  it('keeps the messages whose address contains it', () => {
    const messages = [message('Ada@example.com'), message('grace@example.com')];
    expect(matching(messages, filterOf('ada')).map(({ to }) => to)).toEqual(['Ada@example.com']);
    expect(matching(messages, filterOf(''))).toEqual(messages);
  });

  it('leaves the answer for a complete address as it is', () => {
    expect(matching([message('other@example.com')], filterOf('ada@example.com'))).toHaveLength(1);
  });
});

it.each([
  ['https://app.example.com/verify-email#token=a%2Fb&x=1', 'a/b'],
  ['https://app.example.com/verify-email?token=a', null],
  ['https://app.example.com/verify-email', null],
])('finds the token in %s: %s', (link, token) => {
  expect(tokenIn(link)).toBe(token);
});
