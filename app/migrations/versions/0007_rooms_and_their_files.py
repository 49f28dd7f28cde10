"""rooms and their files: areas of four places, charged areas, former numbers, remembered answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0005'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OLD = "basis IN ('gross_area', 'net_area', 'unit', 'space')"
NEW = "basis IN ('gross_area', 'net_area', 'charged_area', 'unit', 'space')"


def upgrade() -> None:
    op.execute('UPDATE unit SET gross_area = gross_area * 10, net_area = net_area * 10')
    if op.get_bind().dialect.name == 'sqlite':
        # A column may come with its own check: the large table is not written anew for it.
        op.execute('ALTER TABLE unit ADD COLUMN charged_area BIGINT'
                   ' CONSTRAINT ck_unit_charged_area_positive'
                   ' CHECK (charged_area IS NULL OR charged_area > 0)')
    else:
        op.add_column('unit', sa.Column('charged_area', sa.BigInteger(), nullable=True))
        op.create_check_constraint(op.f('ck_unit_charged_area_positive'), 'unit',
                                   'charged_area IS NULL OR charged_area > 0')
    _standards_may(OLD, NEW)
    with op.batch_alter_table('header_mapping', schema=None) as batch_op:
        batch_op.add_column(sa.Column('labels', sa.JSON(), nullable=True))
    op.create_table(
        'former_room',
        sa.Column('id', BIG, nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', BIG, nullable=False),
        sa.Column('building', sa.String(length=40), nullable=False),
        sa.Column('entrance', sa.String(length=20), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('code', sa.String(length=80), nullable=False),
        sa.Column('changed_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('origin_batch_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['community_id'], ['community.id'],
                                name=op.f('fk_former_room_community_id')),
        sa.ForeignKeyConstraint(['created_by_id'], ['ab_user.id'],
                                name=op.f('fk_former_room_created_by_id')),
        sa.ForeignKeyConstraint(['origin_batch_id'], ['import_batch.id'],
                                name=op.f('fk_former_room_origin_batch_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_former_room_unit_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_former_room')),
    )
    with op.batch_alter_table('former_room', schema=None) as batch_op:
        batch_op.create_index('ix_former_room_community_code', ['community_id', 'code'])
        batch_op.create_index('ix_former_room_community_number', ['community_id', 'number'])
        batch_op.create_index(batch_op.f('ix_former_room_origin_batch_id'), ['origin_batch_id'])
        batch_op.create_index(batch_op.f('ix_former_room_unit_id'), ['unit_id'])
    op.create_table(
        'file_answer',
        sa.Column('id', BIG, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('asks', sa.String(length=20), nullable=False),
        sa.Column('written', sa.String(length=120), nullable=False),
        sa.Column('value', sa.String(length=120), nullable=False),
        sa.Column('label', sa.String(length=200), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'],
                                name=op.f('fk_file_answer_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_file_answer')),
        sa.UniqueConstraint('key', name=op.f('uq_file_answer_key')),
    )


def downgrade() -> None:
    op.drop_table('file_answer')
    op.drop_table('former_room')
    with op.batch_alter_table('header_mapping', schema=None) as batch_op:
        batch_op.drop_column('labels')
    op.execute("UPDATE standard SET basis = 'gross_area' WHERE basis = 'charged_area'")
    _standards_may(NEW, OLD)
    if op.get_bind().dialect.name == 'sqlite':
        _rewrite('unit', ', charged_area BIGINT CONSTRAINT ck_unit_charged_area_positive'
                         ' CHECK (charged_area IS NULL OR charged_area > 0)',
                 ', charged_area BIGINT')
    else:
        op.drop_constraint(op.f('ck_unit_charged_area_positive'), 'unit', type_='check')
    op.execute('ALTER TABLE unit DROP COLUMN charged_area')
    op.execute('UPDATE unit SET gross_area = gross_area / 10, net_area = net_area / 10')


def _standards_may(before: str, after: str) -> None:
    """Change what a standard may be charged by."""
    if op.get_bind().dialect.name == 'sqlite':
        _rewrite('standard', before, after)
        return
    op.drop_constraint(op.f('ck_standard_basis_known'), 'standard', type_='check')
    op.create_check_constraint(op.f('ck_standard_basis_known'), 'standard', after)


def _rewrite(table: str, before: str, after: str) -> None:
    """SQLite keeps a table as the text that made it; a check is changed in that text.

    The way of sqlite.org/lang_altertable.html for checks: other tables refer to this one, so
    it cannot be dropped and made anew inside the migration's transaction.
    """
    bind = op.get_bind()
    version = bind.exec_driver_sql('PRAGMA schema_version').scalar()
    bind.exec_driver_sql('PRAGMA writable_schema = ON')
    bind.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
        (before, after, table),
    )
    bind.exec_driver_sql(f'PRAGMA schema_version = {int(version) + 1}')
    bind.exec_driver_sql('PRAGMA writable_schema = OFF')
