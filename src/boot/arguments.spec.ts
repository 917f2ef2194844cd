import { parseArguments } from './arguments.js';

describe('parseArguments', () => {
  it.each([
    [[], { ephemeral: null }],
    [['--ephemeral'], { ephemeral: { seedFile: null } }],
    [['--seed=demo.json', '--ephemeral'], { ephemeral: { seedFile: 'demo.json' } }],
  ])('reads %j', (args, order) => {
    expect(parseArguments(args)).toEqual(order);
  });

  it.each([
    [['--seed', 'demo.json'], '--seed is for a server with --ephemeral.'],
    [['--ephemeral', '--seed'], '--seed <value>'],
    [['--ephemeral', '--seeds', 'demo.json'], '--seeds'],
    [['--ephemeral', 'demo.json'], 'demo.json'],
  ])('names what is wrong with %j', (args, what) => {
    expect(() => parseArguments(args)).toThrow(what);
  });
});
