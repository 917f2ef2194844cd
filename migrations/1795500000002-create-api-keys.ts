import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApiKeys1795500000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid CONSTRAINT api_keys_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL,
        -- The owner, whose present rights limit the key
        user_id uuid NOT NULL,
        name text NOT NULL,
        description text,
        -- resource.action, of the permission catalogue
        scopes text[] NOT NULL,
        -- Empty: any address may use it
        allowed_addresses cidr[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT api_keys_tenant_id_id_key UNIQUE (tenant_id, id),
        -- Deleting a membership deletes its keys, whatever statement deletes it
        CONSTRAINT api_keys_membership_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX api_keys_owner_idx ON api_keys (tenant_id, user_id, created_at);
      CREATE INDEX api_keys_user_id_idx ON api_keys (user_id);

      -- The accepted secrets of a key: the present one, and for an overlap the previous one
      CREATE TABLE api_key_secrets (
        hash bytea CONSTRAINT api_key_secrets_pkey PRIMARY KEY,
        key_id uuid NOT NULL CONSTRAINT api_key_secrets_key_id_fkey REFERENCES api_keys ON DELETE CASCADE,
        prefix text NOT NULL,
        last_four text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Null for the newest, which expires with its key
        expires_at timestamptz
      );
      CREATE INDEX api_key_secrets_key_id_idx ON api_key_secrets (key_id, created_at);
      CREATE UNIQUE INDEX api_key_secrets_newest_idx ON api_key_secrets (key_id) WHERE expires_at IS NULL;

      CREATE TABLE api_key_usage (
        key_id uuid NOT NULL CONSTRAINT api_key_usage_key_id_fkey REFERENCES api_keys ON DELETE CASCADE,
        day date NOT NULL,
        requests bigint NOT NULL,
        CONSTRAINT api_key_usage_pkey PRIMARY KEY (key_id, day)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
