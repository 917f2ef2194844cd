import { findMetadataFault, MAX_METADATA_BYTES } from './metadata.js';

const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) });
const ofBytes = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });

describe('findMetadataFault', () => {
  it.each([
    ['nothing', {}],
    ['values of every kind', { text: 'é', number: -1.5, yes: true, none: null, list: [1, { a: [] }] }],
    ['five levels', nested(5)],
    ['the names that objects inherit', { toString: 1, hasOwnProperty: 2, then: 3 }],
    ['as many bytes as allowed', ofBytes(MAX_METADATA_BYTES)],
  ])('accepts %s', (_, value) => {
    expect(findMetadataFault(value)).toBeNull();
  });

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['a list', []],
    ['six levels', nested(6)],
    ['six levels of lists', { a: [[[[[1]]]]] }],
    ['a byte too many', ofBytes(MAX_METADATA_BYTES + 1)],
    ['few characters of many bytes', { a: '字'.repeat(MAX_METADATA_BYTES / 2) }],
    ['a prototype', JSON.parse('{"__proto__": {}}')],
    ['a nested constructor', { a: [{ constructor: { prototype: {} } }] }],
    ['a number beyond JSON', JSON.parse('{"a": 1e999}')],
  ])('refuses %s', (_, value) => {
    expect(findMetadataFault(value)).toMatch(/^must/);
  });
});
