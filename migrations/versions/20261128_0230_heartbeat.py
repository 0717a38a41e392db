"""heartbeat of beat and worker

Revision: 8f3d2c6b1e57, after 5b1c7e0a92d4
"""

import sqlalchemy as sa
from alembic import op

revision = "8f3d2c6b1e57"
down_revision = "5b1c7e0a92d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("heartbeat")
