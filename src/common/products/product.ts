/** The published APIs. */
export const CONTRACT_NAMES = ['primary', 'katixo', 'datixlab'] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

/** The level of the one role that has every permission. Members who have it are the tenant's owners. */
export const TOP_LEVEL = 100;

/** A role that every new tenant of the product gets. */
export interface ProductRole {
  key: string;
  name: string;
  level: number;
  /** `*`, `invoices.*`, `*.view` or `invoices.view`. */
  permissions: string[];
  /** Permissions that `permissions` would include, in the same form. */
  except?: string[];
}

/** A product's own words, as in its file. */
export interface ProductFile {
  name: string;
  /** The API that the product speaks. */
  contract: ContractName;
  /** Where the product's clients find it. A path that is not the contract's own leads to the same operations. */
  basePath: string;
  /** Default: APP_URL. */
  appUrl?: string;
  /** Default: MAIL_FROM. */
  sender?: { name: string; address?: string };
  /** The `aud` of its access tokens. Default: PUBLIC_URL, which all products without one share. */
  audience?: string;
  /** What the product protects, and the actions on it. */
  resources: Record<string, string[]>;
  /** Resources on which no API key gets a scope. */
  closedToApiKeys?: string[];
  /** The creator of a tenant gets the first one. */
  roles: ProductRole[];
  /** By language and key: texts instead of the built-in ones. */
  messages?: Record<string, Record<string, string>>;
}

export interface Product extends ProductFile {
  /** The name of its file without `.json`. */
  key: string;
}
