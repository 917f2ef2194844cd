const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A UUID as Datix Lab writes it: 128 bits in base 32 after a prefix (TypeID). */
export function typeId(prefix, uuid) {
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let digits = '';
  for (let place = 0; place < 26; place += 1) {
    digits = ALPHABET[Number(value & 31n)] + digits;
    value >>= 5n;
  }
  return `${prefix}_${digits}`;
}
