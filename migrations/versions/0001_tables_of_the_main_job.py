"""Tables of the main job"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("recovery_hashes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("login", name=op.f("uq_operator_login")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("key_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "tenant_level",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tenant_level")),
    )
    op.create_table(
        "platform_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("tenant_code", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_platform_entry_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_entry")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("committee_name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("level_code", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "read_only",
                "locked",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["level_code"], ["tenant_level.code"], name=op.f("fk_tenant_level_code")),
        sa.ForeignKeyConstraint(["parent_id"], ["tenant.id"], name=op.f("fk_tenant_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_tenant_code")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_audit_entry_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_audit_entry_tenant_id_number")),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["tenant_id", "subject_id"], unique=False)
    op.create_table(
        "cell_setting",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_residential", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_cell_setting_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cell_setting")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_cell_setting_tenant_id_name")),
    )
    op.create_table(
        "department",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "function",
            sa.Enum(
                "organisation",
                "propaganda",
                "mass_mobilisation",
                "party_building",
                "office",
                name="function",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_department_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_department")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_department_tenant_id_name")),
    )
    op.create_table(
        "dispatch",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("out", "in", name="direction", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "plan",
                "report",
                "acceptance",
                "return",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("counterpart_id", sa.Uuid(), nullable=False),
        sa.Column("counterpart_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("previous_sha256", sa.Text(), nullable=False),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answers_id"],
            ["dispatch.tenant_id", "dispatch.id"],
            name=op.f("fk_dispatch_tenant_id_answers_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dispatch_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint(
            "tenant_id",
            "direction",
            "counterpart_id",
            "number",
            name=op.f("uq_dispatch_tenant_id_direction_counterpart_id_number"),
        ),
    )
    op.create_index("ix_dispatch_answers", "dispatch", ["tenant_id", "answers_id"], unique=False)
    op.create_index(
        "ix_dispatch_inbox", "dispatch", ["tenant_id", "direction", "kind", "sent_at"], unique=False
    )
    op.create_table(
        "job",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "check_roster",
                "import_roster",
                "generate_rotation",
                "deliver_dispatch",
                "consolidate",
                "render_document",
                "remind",
                "count_tenant",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "dead",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_job_percent")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_job_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_job")),
        sa.UniqueConstraint("tenant_id", "dedup_key", name=op.f("uq_job_tenant_id_dedup_key")),
    )
    op.create_index(
        "ix_job_claim",
        "job",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index(
        "ix_job_open",
        "job",
        ["tenant_id", "run_after"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("ix_job_subject", "job", ["tenant_id", "subject_id"], unique=False)
    op.create_table(
        "official_document",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "resolution",
                "decision",
                "regulation",
                "directive",
                "conclusion",
                "working_rules",
                "circular",
                "guidance",
                "announcement",
                "report",
                "plan",
                "programme",
                "scheme",
                "option",
                "submission",
                "letter",
                "minutes",
                name="type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("letterhead", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_official_document_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_official_document")),
        sa.UniqueConstraint(
            "tenant_id", "subject_id", name=op.f("uq_official_document_tenant_id_subject_id")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "type",
            "term",
            "number",
            name=op.f("uq_official_document_tenant_id_type_term_number"),
        ),
    )
    op.create_table(
        "person",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_person_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_person_tenant_id_code")),
    )
    op.create_index("ix_person_search", "person", ["tenant_id", "search_key"], unique=False)
    op.create_index("ix_person_sort", "person", ["tenant_id", "sort_key"], unique=False)
    op.create_table(
        "roster_upload",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("preview", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_roster_upload_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_roster_upload")),
    )
    op.create_index("ix_roster_upload_recent", "roster_upload", ["tenant_id", "uploaded_at"], unique=False)
    op.create_table(
        "rotation_level",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("period_months", sa.SmallInteger(), nullable=False),
        sa.Column("report_days", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("period_months IN (1, 2, 3, 4, 6, 12)", name=op.f("ck_rotation_level_period")),
        sa.CheckConstraint("report_days BETWEEN 1 AND 60", name=op.f("ck_rotation_level_report_days")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_rotation_level_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rotation_level")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_rotation_level_tenant_id_code")),
    )
    op.create_table(
        "tenant_health",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("open_jobs", sa.Integer(), nullable=False),
        sa.Column("dead_jobs", sa.Integer(), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_health_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_health")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_tenant_health_tenant_id")),
    )
    op.create_table(
        "web_session",
        sa.Column("id_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["tenant.id"], name=op.f("fk_web_session_home_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_account_id"), "web_session", ["account_id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absence_order")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_absence_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_absence_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_absence")),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "starts_on",
            "ends_on",
            name=op.f("uq_absence_tenant_id_person_id_starts_on_ends_on"),
        ),
    )
    op.create_table(
        "account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("recovery_hashes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_account_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_account_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("tenant_id", "login", name=op.f("uq_account_tenant_id_login")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_account_tenant_id_person_id")),
    )
    op.create_table(
        "artifact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["official_document.tenant_id", "official_document.id"],
            name=op.f("fk_artifact_tenant_id_document_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_artifact_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_artifact")),
        sa.UniqueConstraint(
            "tenant_id",
            "document_id",
            "media_type",
            name=op.f("uq_artifact_tenant_id_document_id_media_type"),
        ),
    )
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_notice_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notice_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "dedup_key", name=op.f("uq_notice_tenant_id_person_id_dedup_key")
        ),
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["tenant_id", "person_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "plan",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("implements_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "implements_id"],
            ["dispatch.tenant_id", "dispatch.id"],
            name=op.f("fk_plan_tenant_id_implements_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan")),
        sa.UniqueConstraint("tenant_id", "implements_id", name=op.f("uq_plan_tenant_id_implements_id")),
        sa.UniqueConstraint("tenant_id", "year", "title", name=op.f("uq_plan_tenant_id_year_title")),
    )
    op.create_table(
        "report_decision",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispatch_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted", "sent_back", name="decision", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dispatch_id"],
            ["dispatch.tenant_id", "dispatch.id"],
            name=op.f("fk_report_decision_tenant_id_dispatch_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_report_decision_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_decision")),
        sa.UniqueConstraint(
            "tenant_id", "dispatch_id", name=op.f("uq_report_decision_tenant_id_dispatch_id")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "organisation", "cell", name="kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("setting_id", sa.Uuid(), nullable=True),
        sa.Column("special", sa.SmallInteger(), nullable=False),
        sa.Column("meeting_day", sa.SmallInteger(), nullable=True),
        sa.Column("meeting_slot", sa.Text(), nullable=True),
        sa.Column("former_name", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("meeting_day BETWEEN 1 AND 28", name=op.f("ck_unit_meeting_day")),
        sa.CheckConstraint("special BETWEEN 0 AND 3", name=op.f("ck_unit_special")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_validity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_unit_tenant_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "setting_id"],
            ["cell_setting.tenant_id", "cell_setting.id"],
            name=op.f("fk_unit_tenant_id_setting_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_unit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_unit_tenant_id_code")),
    )
    op.create_index("ix_unit_path", "unit", ["tenant_id", "path"], unique=False)
    op.create_index("ix_unit_search", "unit", ["tenant_id", "search_key"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "operator",
                "tenant_admin",
                "department_officer",
                "standing_body",
                "base_officer",
                "secretary",
                "deputy_secretary",
                "cell_committee_member",
                "committee_member",
                "official",
                "member",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_appointment_validity")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            ["department.tenant_id", "department.id"],
            name=op.f("fk_appointment_tenant_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_appointment_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_appointment_tenant_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_appointment_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_appointment")),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "unit_id",
            "role",
            "valid_from",
            name=op.f("uq_appointment_tenant_id_person_id_unit_id_role_valid_from"),
        ),
    )
    op.create_index("ix_appointment_unit", "appointment", ["tenant_id", "unit_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_invitation_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_invitation_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_invitation_tenant_id_token_hash")),
    )
    op.create_table(
        "meeting",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "regular",
                "thematic",
                "forum",
                "self_review",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cell_id"], ["unit.tenant_id", "unit.id"], name=op.f("fk_meeting_tenant_id_cell_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_meeting_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meeting")),
        sa.UniqueConstraint(
            "tenant_id", "cell_id", "kind", "month", name=op.f("uq_meeting_tenant_id_cell_id_kind_month")
        ),
    )
    op.create_table(
        "official",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column("own_cell_id", sa.Uuid(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "level_id"],
            ["rotation_level.tenant_id", "rotation_level.id"],
            name=op.f("fk_official_tenant_id_level_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "own_cell_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_official_tenant_id_own_cell_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_official_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_official_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_official")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_official_tenant_id_person_id")),
    )
    op.create_table(
        "plan_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["plan.tenant_id", "plan.id"],
            name=op.f("fk_plan_version_tenant_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_version_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "number", name=op.f("uq_plan_version_tenant_id_plan_id_number")
        ),
    )
    op.create_table(
        "report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name=op.f("fk_report_tenant_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_report_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "period", name=op.f("uq_report_tenant_id_plan_id_period")
        ),
    )
    op.create_table(
        "rotation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("asked_because", sa.Text(), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 12", name=op.f("ck_rotation_months")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["plan.tenant_id", "plan.id"],
            name=op.f("fk_rotation_tenant_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_rotation_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rotation")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "first_month", name=op.f("uq_rotation_tenant_id_plan_id_first_month")
        ),
    )
    op.create_table(
        "official_area",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "official_id"],
            ["official.tenant_id", "official.id"],
            name=op.f("fk_official_area_tenant_id_official_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_official_area_tenant_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_official_area_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_official_area")),
        sa.UniqueConstraint(
            "tenant_id", "official_id", "unit_id", name=op.f("uq_official_area_tenant_id_official_id_unit_id")
        ),
    )
    op.create_table(
        "report_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("dispatch_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dispatch_id"],
            ["dispatch.tenant_id", "dispatch.id"],
            name=op.f("fk_report_version_tenant_id_dispatch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["report.tenant_id", "report.id"],
            name=op.f("fk_report_version_tenant_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_report_version_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_version")),
        sa.UniqueConstraint(
            "tenant_id", "report_id", "number", name=op.f("uq_report_version_tenant_id_report_id_number")
        ),
    )
    op.create_table(
        "rotation_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("shortfalls", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rotation_id"],
            ["rotation.tenant_id", "rotation.id"],
            name=op.f("fk_rotation_version_tenant_id_rotation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_rotation_version_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rotation_version")),
        sa.UniqueConstraint(
            "tenant_id",
            "rotation_id",
            "number",
            name=op.f("uq_rotation_version_tenant_id_rotation_id_number"),
        ),
    )
    op.create_table(
        "visit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=True),
        sa.Column("missed_reason", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "attended_on IS NULL OR missed_reason IS NULL", name=op.f("ck_visit_settled_once")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cell_id"], ["unit.tenant_id", "unit.id"], name=op.f("fk_visit_tenant_id_cell_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "official_id"],
            ["official.tenant_id", "official.id"],
            name=op.f("fk_visit_tenant_id_official_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rotation_id"],
            ["rotation.tenant_id", "rotation.id"],
            name=op.f("fk_visit_tenant_id_rotation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_visit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit")),
        sa.UniqueConstraint(
            "tenant_id",
            "rotation_id",
            "official_id",
            "cell_id",
            "month",
            name=op.f("uq_visit_tenant_id_rotation_id_official_id_cell_id_month"),
        ),
    )
    op.create_index("ix_visit_cell", "visit", ["tenant_id", "cell_id", "meets_on"], unique=False)
    op.create_index("ix_visit_meets", "visit", ["tenant_id", "meets_on"], unique=False)
    op.create_index("ix_visit_official", "visit", ["tenant_id", "official_id", "meets_on"], unique=False)
    op.create_table(
        "petition",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("referred_to", sa.Text(), nullable=True),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cell_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_petition_tenant_id_cell_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["visit.tenant_id", "visit.id"],
            name=op.f("fk_petition_tenant_id_visit_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_petition_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_petition")),
    )
    op.create_index(
        "ix_petition_open",
        "petition",
        ["tenant_id", "raised_on"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "planned_visit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cell_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_planned_visit_tenant_id_cell_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "official_id"],
            ["official.tenant_id", "official.id"],
            name=op.f("fk_planned_visit_tenant_id_official_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["rotation_version.tenant_id", "rotation_version.id"],
            name=op.f("fk_planned_visit_tenant_id_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_planned_visit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_planned_visit")),
        sa.UniqueConstraint(
            "tenant_id",
            "version_id",
            "official_id",
            "cell_id",
            "month",
            name=op.f("uq_planned_visit_tenant_id_version_id_official_id_cell_id_month"),
        ),
    )
    op.create_index(
        "ix_planned_visit_version", "planned_visit", ["tenant_id", "version_id", "month"], unique=False
    )
    op.create_table(
        "visit_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("regularity", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("information", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["visit.tenant_id", "visit.id"],
            name=op.f("fk_visit_report_tenant_id_visit_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_visit_report_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit_report")),
        sa.UniqueConstraint("tenant_id", "visit_id", name=op.f("uq_visit_report_tenant_id_visit_id")),
    )


def downgrade() -> None:
    op.drop_table("visit_report")
    op.drop_index("ix_planned_visit_version", table_name="planned_visit")
    op.drop_table("planned_visit")
    op.drop_index("ix_petition_open", table_name="petition", postgresql_where=sa.text("answered_at IS NULL"))
    op.drop_table("petition")
    op.drop_index("ix_visit_official", table_name="visit")
    op.drop_index("ix_visit_meets", table_name="visit")
    op.drop_index("ix_visit_cell", table_name="visit")
    op.drop_table("visit")
    op.drop_table("rotation_version")
    op.drop_table("report_version")
    op.drop_table("official_area")
    op.drop_table("rotation")
    op.drop_table("report")
    op.drop_table("plan_version")
    op.drop_table("official")
    op.drop_table("meeting")
    op.drop_table("invitation")
    op.drop_index("ix_appointment_unit", table_name="appointment")
    op.drop_table("appointment")
    op.drop_index("ix_unit_search", table_name="unit")
    op.drop_index("ix_unit_path", table_name="unit")
    op.drop_table("unit")
    op.drop_table("report_decision")
    op.drop_table("plan")
    op.drop_index("ix_notice_unread", table_name="notice", postgresql_where=sa.text("read_at IS NULL"))
    op.drop_table("notice")
    op.drop_table("artifact")
    op.drop_table("account")
    op.drop_table("absence")
    op.drop_index(op.f("ix_web_session_account_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("tenant_health")
    op.drop_table("rotation_level")
    op.drop_index("ix_roster_upload_recent", table_name="roster_upload")
    op.drop_table("roster_upload")
    op.drop_index("ix_person_sort", table_name="person")
    op.drop_index("ix_person_search", table_name="person")
    op.drop_table("person")
    op.drop_table("official_document")
    op.drop_index("ix_job_subject", table_name="job")
    op.drop_index("ix_job_open", table_name="job", postgresql_where=sa.text("state IN ('queued', 'running')"))
    op.drop_index(
        "ix_job_claim", table_name="job", postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.drop_table("job")
    op.drop_index("ix_dispatch_inbox", table_name="dispatch")
    op.drop_index("ix_dispatch_answers", table_name="dispatch")
    op.drop_table("dispatch")
    op.drop_table("department")
    op.drop_table("cell_setting")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("tenant")
    op.drop_table("platform_entry")
    op.drop_table("tenant_level")
    op.drop_table("sign_in_failure")
    op.drop_table("operator")
    op.drop_table("heartbeat")
