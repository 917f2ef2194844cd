import { AppError } from './app-error.js';
import type { Client } from './client.js';
import type { PermissionMap } from './permissions.js';

/** A person as one session knows them, read from the database at this very request. */
export interface SessionState {
  sessionId: string;
  /** Access tokens of another version are dead. */
  tokenVersion: number;
  generation: number;
  authenticatedAt: Date;
  /** The absolute end; nothing extends it. */
  expiresAt: Date;
  user: {
    id: string;
    email: string | null;
    emailVerified: boolean;
    pendingEmail: string | null;
    phone: string | null;
    phoneVerified: boolean;
    firstName: string;
    lastName: string;
    avatar: string | null;
    createdAt: Date;
  };
  /** Absent where the person works in no organisation at the moment. */
  membership: {
    id: string;
    tenant: { id: string; slug: string; name: string };
    /** With the permissions of the person's own role and of their department's together. */
    role: { key: string; name: string; level: number; permissions: PermissionMap };
    departmentId: string | null;
    teamIds: string[];
  } | null;
}

/** Who calls. Services take it first and read tenant and rights from it, never from the request. */
export interface Actor {
  kind: 'user';
  userId: string;
  session: SessionState;
  client: Client;
}

export class NoActiveTenant extends AppError {
  constructor() {
    super('no_active_tenant', { detail: 'Switch to one of your organisations, or create one.' });
  }
}

/** The actor's membership in the active tenant; throws NoActiveTenant where there is none. */
export function membershipOf(actor: Actor): NonNullable<SessionState['membership']> {
  if (!actor.session.membership) throw new NoActiveTenant();
  return actor.session.membership;
}
