export interface UserAnswer {
  id: string;
  email: string;
  phone: string | null;
  firstName: string;
  lastName: string;
  role: string;
  roleLevel: number;
  avatar: string | null;
  departmentId: string | null;
  teamIds: string[];
  twoFactorEnabled: boolean;
}

export interface TenantAnswer {
  id: string;
  slug: string;
  companyName: string;
}

export interface SessionAnswer {
  id: string;
  device: string;
  userAgent: string | null;
  address: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  current: boolean;
}

export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

interface LineAnswer {
  index: number;
  status: 'invited' | 'refused';
  invitation?: { id: string; email: string | null; role: string };
  error?: { code: string; detail: string; errors?: FieldProblem[] };
}

/** Every field that some response of the primary contract has; a test names the ones it expects. */
export interface Answer extends UserAnswer {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  user: UserAnswer;
  tenant: TenantAnswer;
  permissions: Record<string, Record<string, boolean>>;
  emailVerified: boolean;
  pendingEmail: string | null;
  message: string;
  valid: boolean;
  tenantName: string;
  invitedBy: string;
  roleName: string;
  expiresAt: string;

  requiresTwoFactor: boolean;
  tempToken: string;
  twoFactorEnrolmentRequired: boolean;
  success: boolean;
  secret: string;
  qrCode: string;
  otpauthUri: string;
  backupCodes: string[];
  enabled: boolean;
  backupCodesLeft: number;
  name: string;
  parentId: string | null;
  roleKey: string | null;
  createdAt: string;
  state: string;
  results: LineAnswer[];

  data: SessionAnswer[];
  nextCursor: string | null;

  type: string;
  title: string;
  status: number;
  code: string;
  instance: string;
  detail?: string;
  errors?: FieldProblem[];
}
