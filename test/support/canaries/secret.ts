/** A value that a suite sent or received, and that may be in no log, no row and no later response. */
export interface Secret {
  /** The member in which it was first seen. */
  name: string;
  value: string;
  /** An address or number of a person: it may be stored, but not in the log, the outbox or the audit trail. */
  isPersonal: boolean;
}

const PASSWORD = /^.{6,}$/s;
const TOKEN = /^[\w.~+/=-]{16,}$/;
const CODE = /^\d{6,10}$/;
const KEY = /^sk_\w{8,}$/;

/** By the name of the member, and the form of a value that counts: tests send nonsense under these names, too. */
const SECRET_MEMBERS: Record<string, RegExp> = {
  password: PASSWORD,
  newpassword: PASSWORD,
  currentpassword: PASSWORD,
  accesstoken: TOKEN,
  refreshtoken: TOKEN,
  temptoken: TOKEN,
  enrolmenttoken: TOKEN,
  devicetoken: TOKEN,
  signuptoken: TOKEN,
  token: TOKEN,
  bearer: /^(ey[\w-]+\.[\w-]+\.[\w-]{8,}|sk_\w{8,})$/,
  secret: TOKEN,
  code: CODE,
  otp: CODE,
  backupcode: CODE,
  backupcodes: CODE,
  key: KEY,
  apikey: KEY,
};

const PERSONAL_MEMBERS: Record<string, RegExp> = {
  email: /^[^\s@]+@[^\s@]+\.\w+$/,
  phone: /^\+\d{8,}$/,
};

/** Ids are not secrets, also where a test sends one as a token. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Found {
  secrets: Secret[];
  /** Every other text. */
  plain: string[];
}

/** The texts of a JSON value with the names of their members; however deep an attack nests it. */
export function findSecrets(value: unknown): Found {
  const found: Found = { secrets: [], plain: [] };
  const open: [name: string, value: unknown][] = [['', value]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [name, inner] = next;
    if (typeof inner === 'string') sort(name, inner, found);
    else if (Array.isArray(inner)) for (const one of inner) open.push([name, one]);
    else if (typeof inner === 'object' && inner !== null) open.push(...Object.entries(inner));
  }
  return found;
}

function sort(name: string, value: string, { secrets, plain }: Found): void {
  const key = name.toLowerCase().replace(/[^a-z]/g, '');
  const linked = key === 'link' ? /[?&#]token=([^&#]+)/.exec(value)?.[1] : undefined;
  if (linked !== undefined) secrets.push({ name, value: decodeURIComponent(linked), isPersonal: false });
  else if (PERSONAL_MEMBERS[key]?.test(value)) secrets.push({ name, value, isPersonal: true });
  else if (SECRET_MEMBERS[key]?.test(value) && !UUID.test(value)) {
    secrets.push({ name, value, isPersonal: false });
  } else if (!(key in SECRET_MEMBERS) && !(key in PERSONAL_MEMBERS)) plain.push(value);
}
