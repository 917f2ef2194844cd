/** Which number each of two versions differs in first: 0, 1 or 2; -1 if in none. */
function firstRaised(before, after) {
  return before.findIndex((number, place) => number !== after[place]);
}

const numbersOf = (version) => version.split('.').map(Number);

/**
 * Why this cannot be the next version, or null. Semantic Versioning: a change that breaks clients raises the first number;
 * below 1.0.0, where the first number is 0, the second.
 */
export function findVersionFault(version, { last, breaks }) {
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version))
    return `"${version}" is no version. Example: npm run release -- 0.2.0`;
  if (last === undefined) return null;
  const [before, after] = [numbersOf(last), numbersOf(version)];
  const place = firstRaised(before, after);
  if (place === -1 || after[place] < before[place]) return `${version} is not above ${last}`;
  const most = before[0] === 0 ? 1 : 0;
  return breaks && place > most
    ? `${version} cannot break clients, and its changes do: raise the ${['first', 'second'][most]} number of ${last}`
    : null;
}
