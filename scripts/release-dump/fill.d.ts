/** Secrets of every kind, each of a person of its own. */
export interface Filled {
  password: string;
  email: string;
  apiKey: string;
  refreshToken: string;
  invitation: string;
  reset: string;
  verification: { email: string; token: string };
  revert: string;
  guarded: {
    email: string;
    otpauthUri: string;
    backupCodes: string[];
    usedCode: string;
    deviceToken: string;
    tempToken: string;
  };
  katixo: { phone: string; refreshToken: string; code: string };
  datixlab: { email: string; key: string };
}

export function fill(origin: string): Promise<Filled>;
