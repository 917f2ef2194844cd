import { actionOf, countOf, distanceOf, inGroups, nameOf, visible } from './formats.js';

it('shows what would disguise a text', () => {
  expect(visible('pay\u202egnp.exe\u0000\u200b')).toBe('pay\ufffdgnp.exe\ufffd\ufffd');
  expect(visible('José 中文 \u0645\u0631\u062d\u0628\u0627 👩‍💻')).toBe(
    'José 中文 \u0645\u0631\u062d\u0628\u0627 👩‍💻',
  );
});

it('names a person who has no name', () => {
  expect(nameOf({ firstName: 'Ada', lastName: '' })).toBe('Ada');
  expect(nameOf({ firstName: '', lastName: ' ' })).toBe('Without a name');
});

it('says that a count does not go further', () => {
  expect([countOf(0), countOf(9999), countOf(10_000)]).toEqual(['0', '9,999', '10,000+']);
});

it.each([
  [-3 * 3600, '3 hours ago'],
  [14 * 86_400, 'in 14 days'],
  [-20, 'just now'],
])('says how far away a time is: %i seconds', (seconds, text) => {
  const now = Date.parse('2026-01-15T10:00:00.000Z');
  expect(distanceOf(new Date(now + seconds * 1000).toISOString(), now)).toBe(text);
});

it('makes words of actions, and groups of secrets', () => {
  expect(actionOf('two_factor.enrolment_started')).toBe('Two factor: enrolment started');
  expect(actionOf('user.')).toBe('User');
  expect(inGroups('JBSWY3DPEH')).toBe('JBSW Y3DP EH');
});
