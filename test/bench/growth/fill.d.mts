import type { Client } from 'pg';

export const RARE: string;

export function fill(
  client: Client,
  plan: { people: number; large: number; tenantId: string; roleId: string },
): Promise<void>;
