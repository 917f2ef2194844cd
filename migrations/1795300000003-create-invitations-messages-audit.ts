import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInvitationsMessagesAudit1795300000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE invitations (
        id uuid CONSTRAINT invitations_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT invitations_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        email text,
        phone text,
        role_id uuid NOT NULL,
        department_id uuid,
        first_name text,
        last_name text,
        invited_by uuid NOT NULL CONSTRAINT invitations_invited_by_fkey REFERENCES users ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        accepted_at timestamptz,
        accepted_by uuid CONSTRAINT invitations_accepted_by_fkey REFERENCES users ON DELETE SET NULL,
        revoked_at timestamptz,
        CONSTRAINT invitations_recipient_check CHECK (num_nonnulls(email, phone) = 1),
        CONSTRAINT invitations_tenant_id_id_key UNIQUE (tenant_id, id),
        CONSTRAINT invitations_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
        CONSTRAINT invitations_department_fkey
          FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id)
      );
      CREATE UNIQUE INDEX invitations_open_email_key ON invitations (tenant_id, email)
        WHERE accepted_at IS NULL AND revoked_at IS NULL;
      CREATE UNIQUE INDEX invitations_open_phone_key ON invitations (tenant_id, phone)
        WHERE accepted_at IS NULL AND revoked_at IS NULL;

      CREATE TABLE invitation_teams (
        tenant_id uuid NOT NULL,
        invitation_id uuid NOT NULL,
        team_id uuid NOT NULL,
        CONSTRAINT invitation_teams_pkey PRIMARY KEY (invitation_id, team_id),
        CONSTRAINT invitation_teams_invitation_fkey
          FOREIGN KEY (tenant_id, invitation_id) REFERENCES invitations (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT invitation_teams_team_fkey
          FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE
      );

      CREATE TABLE messages (
        id uuid CONSTRAINT messages_pkey PRIMARY KEY,
        channel text NOT NULL CONSTRAINT messages_channel_check CHECK (channel IN ('email', 'sms')),
        template text NOT NULL,
        recipient_hash bytea NOT NULL,
        -- Recipient, subject, text, link and code: readable only with the server's key
        payload_encrypted bytea,
        status text NOT NULL CONSTRAINT messages_status_check
          CHECK (status IN ('recorded', 'suppressed', 'queued', 'sent', 'expired', 'failed')),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        sent_at timestamptz
      );
      CREATE INDEX messages_recipient_idx ON messages (recipient_hash, created_at);
      CREATE INDEX messages_created_at_idx ON messages (created_at);

      CREATE TABLE audit_events (
        id uuid CONSTRAINT audit_events_pkey PRIMARY KEY,
        tenant_id uuid,
        occurred_at timestamptz NOT NULL DEFAULT now(),
        actor_kind text NOT NULL,
        actor_id uuid,
        action text NOT NULL,
        outcome text NOT NULL CONSTRAINT audit_events_outcome_check CHECK (outcome IN ('success', 'refused')),
        target_kind text,
        target_id uuid,
        address text,
        user_agent text,
        request_id text,
        detail jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX audit_events_tenant_idx ON audit_events (tenant_id, occurred_at DESC, id DESC);
      CREATE INDEX audit_events_actor_idx ON audit_events (actor_id, occurred_at DESC);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
