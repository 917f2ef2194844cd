import { columnsOf, type LimitedMessage, type NewMessage } from './messages.repository.js';
import { ownScopesOf, type SmsCharge, valuesOfCharge } from './spending/sms-charge.js';

/** A code to be recorded, alone or together with others of the same shape. */
export interface CodeRecording {
  /** Of two codes with the same shape, the limits and the counters differ only by whom they are for. */
  shape: string;
  message: NewMessage;
  limited: LimitedMessage;
  charge: SmsCharge | null;
  /** Why it is withheld, whatever was sent before. */
  objection: string | null;
  /** By `broken` of what the database says, from 0. */
  reasons: (string | null)[];
  /** What the audit trail says of it if it is withheld. */
  detail: object;
}

/** What `record_codes` needs of the challenges of the codes. */
export interface CodeChallenges {
  purpose: string;
  identifierHashes: Buffer[];
}

/** Of a message without counters it has none of the charge, and of one without limits none of these. */
export function shapeOf({ channel }: NewMessage, limited: LimitedMessage, charge: SmsCharge | null): string {
  const counters = charge ? ownScopesOf(charge).length + charge.shared.length : 0;
  return [channel, limited.purposes.join(), limited.limits.length, counters, charge?.hold?.after].join(';');
}

/** The order in which the codes of one statement are given: that of their locks. */
export function compareCodes(one: CodeRecording, other: CodeRecording): number {
  const [a, b] = [one, other].map(({ limited }) => limited.lockKeys[0] ?? 0n) as [bigint, bigint];
  return a < b ? -1 : Number(a > b);
}

/** The parameters of `RECORD_CODES`: $1 to $24. The codes have one shape, and are in the order of `compareCodes`. */
export function valuesOfCodes(
  codes: [CodeRecording, ...CodeRecording[]],
  { purpose, identifierHashes }: CodeChallenges,
  { waits }: { waits: boolean },
): unknown[] {
  const [{ message, limited, charge }] = codes;
  const counters = codes.map((code) => valuesOfCharge(code.charge));
  const [, intervals, kept, maxima, shared] = valuesOfCharge(charge);
  return [
    waits,
    codes.flatMap((code) => code.limited.lockKeys.map(String)),
    codes.map((code) => code.message.id),
    codes.map((code) => code.message.payloadEncrypted),
    codes.map((code) => code.message.status),
    codes.map((code) => code.message.expires),
    codes.map((code) => code.limited.recipientHash),
    purpose,
    identifierHashes,
    message.channel,
    limited.purposes,
    limited.sharingLimit,
    ...columnsOf(limited.limits),
    counters.flatMap(([scopes]) => scopes as string[]),
    intervals,
    kept,
    maxima,
    shared,
    charge?.hold?.after ?? null,
    charge?.hold?.percent ?? null,
    codes.map((code) => code.charge?.hold?.verified.scope ?? null),
  ];
}

/** Rows with `place`, from 1, `busy`, and what `record_message` returns of each code, from `valuesOfCodes`. */
export const RECORD_CODES = `
  record_codes($1::boolean, $2::bigint[], $3::uuid[], $4::bytea[], $5::text[], $6::float8[], $7::bytea[], $8::text,
    $9::bytea[], $10::text, $11::text[], $12::text[], $13::int[], $14::int[], $15::int[], $16::text[], $17::text[],
    $18::int[], $19::int[], $20::bigint[], $21::int, $22::int, $23::int, $24::text[])`;
