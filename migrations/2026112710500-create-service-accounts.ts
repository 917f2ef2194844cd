import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateServiceAccounts2026112710500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Machine clients (RFC 6749 §4.4), each of one tenant or of one product
      CREATE TABLE service_accounts (
        id uuid CONSTRAINT service_accounts_pkey PRIMARY KEY,
        tenant_id uuid CONSTRAINT service_accounts_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        -- Without a tenant, the account is the product's own
        product text NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        -- JWK set (RFC 7517); null: it authenticates by a secret
        public_keys jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz,
        revoked_at timestamptz
      );
      CREATE INDEX service_accounts_tenant_id_idx ON service_accounts (tenant_id, id);
      CREATE INDEX service_accounts_product_idx ON service_accounts (product, id) WHERE tenant_id IS NULL;
      CREATE INDEX service_accounts_revoked_at_idx ON service_accounts (revoked_at);

      -- The present secret of an account, and for an overlap the previous one
      CREATE TABLE service_account_secrets (
        hash bytea CONSTRAINT service_account_secrets_pkey PRIMARY KEY,
        account_id uuid NOT NULL
          CONSTRAINT service_account_secrets_account_id_fkey REFERENCES service_accounts ON DELETE CASCADE,
        last_four text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Null for the newest
        expires_at timestamptz
      );
      CREATE INDEX service_account_secrets_account_id_idx ON service_account_secrets (account_id, created_at);
      CREATE UNIQUE INDEX service_account_secrets_newest_idx ON service_account_secrets (account_id)
        WHERE expires_at IS NULL;

      -- RFC 7523 §3: the assertions that were used, until they expire
      CREATE TABLE client_assertions (
        id bytea CONSTRAINT client_assertions_pkey PRIMARY KEY,
        account_id uuid NOT NULL
          CONSTRAINT client_assertions_account_id_fkey REFERENCES service_accounts ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX client_assertions_account_id_idx ON client_assertions (account_id);
      CREATE INDEX client_assertions_expires_at_idx ON client_assertions (expires_at);

      ALTER TABLE service_accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY service_accounts_tenant_policy ON service_accounts
        USING (current_setting('gatehouse.tenant', true) IN ('*', tenant_id::text));
    `);
    for (const table of ['service_account_secrets', 'client_assertions']) {
      await runner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY ${table}_tenant_policy ON ${table} USING (current_setting('gatehouse.tenant', true) = '*'
          OR EXISTS (SELECT 1 FROM service_accounts a WHERE a.id = ${table}.account_id));
      `);
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
