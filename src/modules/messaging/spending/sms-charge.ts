import type { SmsObjection } from '../../metrics/sms-words.js';

const MINUTE = 60;
const HOUR = 3_600;

/** For how long SMS are counted: in intervals of a minute or an hour, and at most one interval longer. */
export type Window = 'hour' | 'day';

const INTERVALS: Record<Window, { seconds: number; count: number }> = {
  hour: { seconds: MINUTE, count: HOUR / MINUTE + 1 },
  day: { seconds: HOUR, count: 25 },
};

/** What is counted together: a budget, a client address or a block of numbers. */
export interface SmsCounter {
  scope: string;
  window: Window;
}

/** At most `max` SMS, counted as `counter` says. */
export interface SmsRule<Reason extends SmsObjection = SmsObjection> {
  reason: Reason;
  counter: SmsCounter;
  max: number;
}

/** What an SMS is counted for, in the order of the locks, and the rules it is checked against. */
export interface SmsCharge {
  /** Codes sent to the block of numbers, where the message is one. */
  codes: SmsCounter | null;
  rules: SmsRule[];
  /** Budgets that everybody shares: counted last, and only by a statement that commits by itself. */
  shared: SmsRule[];
  tenantId: string | null;
  /** Withholds codes to a block if, after so many, fewer percent of them were verified. */
  hold: { after: number; percent: number; verified: SmsCounter } | null;
}

/** All rules by the place of their counter, from 0; null for the counter of codes, which has no maximum. */
export function placesOf({ codes, rules, shared }: SmsCharge): (SmsRule | null)[] {
  return [...(codes ? [null] : []), ...rules, ...shared];
}

/** Why a message is withheld, by `broken` from 0. */
export function reasonsOf(charge: SmsCharge): (SmsObjection | null)[] {
  return ['verification_ratio', ...placesOf(charge).map((rule) => rule?.reason ?? null)];
}

/** Everything that is counted together with the message until its transaction ends. */
export function ownScopesOf({ codes, rules }: SmsCharge): string[] {
  return [...(codes ? [codes] : []), ...rules.map(({ counter }) => counter)].map(({ scope }) => scope);
}

/** Scopes, seconds of an interval, intervals kept, and maxima, of which null is none. */
export function valuesOfCounters(counters: { counter: SmsCounter; max: number | null }[]): unknown[] {
  return [
    counters.map(({ counter }) => counter.scope),
    counters.map(({ counter }) => INTERVALS[counter.window].seconds),
    counters.map(({ counter }) => INTERVALS[counter.window].count),
    counters.map(({ max }) => (max === Infinity ? null : max)),
  ];
}

/**
 * Counters as in `valuesOfCounters`, how many of them are shared, the tenant, the place of its budget, and of the hold
 * the count, the percentage and the scope of verified codes.
 */
export function valuesOfCharge(charge: SmsCharge | null): unknown[] {
  if (!charge) return [...valuesOfCounters([]), 0, null, null, null, null, null];
  const { codes, rules, shared, tenantId, hold } = charge;
  const counters = [...(codes ? [{ counter: codes, max: null }] : []), ...rules, ...shared];
  const tenantPlace = placesOf(charge).findIndex((rule) => rule?.reason === 'tenant_budget') + 1;
  return [
    ...valuesOfCounters(counters),
    shared.length,
    tenantId,
    tenantPlace || null,
    hold?.after ?? null,
    hold?.percent ?? null,
    hold?.verified.scope ?? null,
  ];
}
