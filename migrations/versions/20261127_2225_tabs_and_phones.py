"""tabs and phones

Revision: 5b1c7e0a92d4, after d343eac9a007
"""

import sqlalchemy as sa
from alembic import op

revision = "5b1c7e0a92d4"
down_revision = "d343eac9a007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("saved_by", sa.String(length=32), nullable=True))
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_web_session_browser", ["browser"], unique=False)
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ref", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("phone_hash", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_hand_over_ref", ["ref"], unique=True)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index("ix_hand_over_ref")
        batch_op.drop_column("phone_hash")
        batch_op.drop_column("state")
        batch_op.drop_column("ref")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index("ix_web_session_browser")
        batch_op.drop_column("browser")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_column("saved_by")
