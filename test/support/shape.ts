export interface ShapeOptions {
  /** Paths (`user.avatar`) where null, or an empty list, is a valid value too. */
  nullable?: string[];
  /** Paths whose text may differ from the printed one. */
  varying?: string[];
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
/** TypeID: 128 bits in 26 digits of five bits each. */
const TYPE_ID = /^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
export const JWT = /^[\w-]+\.[\w-]+\.[\w-]{20,}$/;

/** Printed placeholders, and the form of the values that replace them. */
const FORMS: { printed: RegExp; form: RegExp; name: string }[] = [
  { printed: /^eyJ/, form: JWT, name: 'a JWT' },
  { printed: UUID, form: UUID, name: 'a UUID' },
  { printed: /^([a-z]+-)+uuid(-\d+)?$/, form: UUID, name: 'a UUID' },
  ...['user', 'org', 'key'].map((prefix) => ({
    printed: new RegExp(`^${prefix}_[a-z0-9]+$`),
    form: new RegExp(`^(?=${prefix}_)${TYPE_ID.source.slice(1)}`),
    name: `a TypeID of the prefix ${prefix}`,
  })),
  { printed: /^temp_\w+$/, form: /^temp_[\w-]{43}$/, name: 'a temp token' },
  { printed: /^JBSWY3DPEHPK3PXP$/, form: /^[A-Z2-7]{32}$/, name: '160 bits in base32' },
  { printed: /^data:image\/png;base64,/, form: /^data:image\/png;base64,[\w+/]{99,}=*$/, name: 'a PNG' },
  { printed: /^\d{8}$/, form: /^\d{8}$/, name: 'eight digits' },
  { printed: /^sk_live_xyz789\.{3}$/, form: /^sk_live_[0-9A-Za-z]{49}$/, name: 'an API key' },
  {
    printed: /^sk_live_xyz\.{3}$/,
    form: /^sk_live_[0-9A-Za-z]{3}\.{3}$/,
    name: 'the beginning of an API key',
  },
  { printed: ISO_TIME, form: ISO_TIME, name: 'a time in UTC' },
  {
    printed: /^\/uploads\/avatars\/uuid\./,
    form: /^\/uploads\/avatars\/[0-9a-f-]{36}\.(jpg|png|webp)$/,
    name: 'the path of an avatar',
  },
];

/** The differences between `received` and the printed example; more keys than printed are allowed. */
export function findMismatches(
  received: unknown,
  example: unknown,
  options: ShapeOptions,
  path = '',
): string[] {
  const at = path === '' ? 'the answer' : path;
  if (received === null && options.nullable?.includes(path)) return [];
  if (Array.isArray(example)) {
    if (!Array.isArray(received)) return [`${at} is no list`];
    if (received.length === 0 && !options.nullable?.includes(path)) return [`${at} is empty`];
    return received.flatMap((item, index) => findMismatches(item, example[0], options, `${path}[${index}]`));
  }
  if (typeof example === 'object' && example !== null) {
    if (typeof received !== 'object' || received === null) return [`${at} is no object`];
    return Object.entries(example).flatMap(([key, value]) => {
      const inner = path === '' ? key : `${path}.${key}`;
      if (!(key in received)) return [`${inner} is missing`];
      return findMismatches((received as Record<string, unknown>)[key], value, options, inner);
    });
  }
  return findValueMismatch(received, example, at, options.varying?.includes(path) ?? false);
}

function findValueMismatch(received: unknown, example: unknown, at: string, varies: boolean): string[] {
  const shown = JSON.stringify(received);
  if (typeof received !== typeof example) return [`${at} is ${shown}, printed is ${JSON.stringify(example)}`];
  const form = typeof example === 'string' ? FORMS.find(({ printed }) => printed.test(example)) : undefined;
  if (form) return form.form.test(received as string) ? [] : [`${at} is ${shown}, not ${form.name}`];
  return varies || received === example ? [] : [`${at} is ${shown}, printed is ${JSON.stringify(example)}`];
}
