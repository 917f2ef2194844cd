/** The answers of the contract that the console reads; `openapi/platform.json` describes them. */

export interface Page<Item> {
  data: Item[];
  nextCursor: string | null;
}

export interface Tenant {
  id: string;
  slug: string;
  name: string;
  businessType: string | null;
  status: 'active' | 'suspended';
  deletionAt: string | null;
  createdAt: string;
}

export interface TenantDetail extends Tenant {
  members: number;
}

interface Membership {
  tenantId: string;
  slug: string;
  name: string;
  role: string;
  status: string;
}

export interface Person {
  id: string;
  email: string | null;
  emailVerified: boolean;
  pendingEmail: string | null;
  phone: string | null;
  phoneVerified: boolean;
  firstName: string;
  lastName: string;
  status: 'active' | 'leaving' | 'blocked';
  deletionAt: string | null;
  twoFactorEnabled: boolean;
  createdAt: string;
  memberships: Membership[];
}

export interface Session {
  id: string;
  tenantId: string | null;
  address: string;
  userAgent: string | null;
  /** The operator who opened it in the place of the person. */
  impersonatedBy: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
}

export interface ApiKey {
  id: string;
  tenantId: string;
  userId: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
}

export interface Message {
  id: string;
  channel: 'email' | 'sms';
  template: string;
  status: string;
  tries: number;
  nextTryAt: string | null;
  createdAt: string;
  sentAt: string | null;
}

export interface Limit {
  kind: string;
  failures: number;
  blockedUntil: string | null;
}

export interface Party {
  kind: string;
  id: string | null;
}

export interface AuditEvent {
  id: string;
  occurredAt: string;
  tenantId: string | null;
  actor: Party;
  action: string;
  outcome: 'success' | 'refused';
  target: Party | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  detail: Record<string, unknown>;
}

export interface Overview {
  tenants: number;
  suspendedTenants: number;
  leavingTenants: number;
  blockedPeople: number;
  waitingEmails: number;
  waitingSms: number;
  failedMessages: number;
  signIns: number;
  refusedSignIns: number;
}

export interface Enrolment {
  email: string;
  setsPassword: boolean;
  secret: string | null;
  otpauthUri: string | null;
  qrCode: string | null;
}

/** What an act changed. */
export interface Change {
  changed?: boolean;
  sessions?: number;
  sent?: boolean;
  retryAfter?: number | null;
  deletionAt?: string | null;
}
