"""Purses of customers: each prepayment entry gets the customer whose money it is.

What was paid in goes to its payer; where none is known it stays unassigned (未归属). What was
spent is taken from the payer's own purse, then from what is unassigned, then from the others,
the oldest first: the money was one heap until now, and no purse may hold less than nothing.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('prepayment_assignment',
    sa.Column('id', BIG, nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', BIG, nullable=False),
    sa.Column('customer_id', BIG, nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('assigned_on', sa.Date(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.String(length=128), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_prepayment_assignment_amount_positive')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_prepayment_assignment_community_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_prepayment_assignment_customer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_prepayment_assignment_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_prepayment_assignment_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prepayment_assignment'))
    )
    with op.batch_alter_table('prepayment_assignment', schema=None) as batch_op:
        batch_op.create_index('ix_prepayment_assignment_customer', ['customer_id'], unique=False)
        batch_op.create_index('ix_prepayment_assignment_unit', ['unit_id'], unique=False)

    with op.batch_alter_table('prepayment_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('customer_id', BIG, nullable=True))
        batch_op.add_column(sa.Column('assignment_id', BIG, nullable=True))
        batch_op.alter_column('payment_id', existing_type=BIG, nullable=True)
        batch_op.create_foreign_key(batch_op.f('fk_prepayment_entry_customer_id'), 'customer', ['customer_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_prepayment_entry_assignment_id'), 'prepayment_assignment', ['assignment_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_prepayment_entry_of_one_origin'), '(payment_id IS NULL) <> (assignment_id IS NULL)')
        batch_op.drop_index('ix_prepayment_entry_unit')
        batch_op.create_index('ix_prepayment_entry_purse', ['unit_id', 'customer_id', 'entered_on', 'amount'], unique=False)
        batch_op.create_index('ix_prepayment_entry_customer', ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_prepayment_entry_assignment_id'), ['assignment_id'], unique=False)

    carry(op.get_bind())


def downgrade() -> None:
    op.execute('DELETE FROM prepayment_entry WHERE payment_id IS NULL')
    with op.batch_alter_table('prepayment_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_prepayment_entry_assignment_id'))
        batch_op.drop_index('ix_prepayment_entry_customer')
        batch_op.drop_index('ix_prepayment_entry_purse')
        batch_op.create_index('ix_prepayment_entry_unit', ['unit_id'], unique=False)
        batch_op.drop_constraint(batch_op.f('ck_prepayment_entry_of_one_origin'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_prepayment_entry_assignment_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_prepayment_entry_customer_id'), type_='foreignkey')
        batch_op.alter_column('payment_id', existing_type=BIG, nullable=False)
        batch_op.drop_column('assignment_id')
        batch_op.drop_column('customer_id')

    with op.batch_alter_table('prepayment_assignment', schema=None) as batch_op:
        batch_op.drop_index('ix_prepayment_assignment_unit')
        batch_op.drop_index('ix_prepayment_assignment_customer')

    op.drop_table('prepayment_assignment')


def carry(connection: Any) -> None:
    """Give every entry its customer, unit by unit in the order in which they were made."""
    rows = connection.execute(sa.text(
        'SELECT e.id, e.community_id, e.unit_id, e.payment_id, e.amount, e.entered_on,'
        ' p.payer_id FROM prepayment_entry e JOIN payment p ON p.id = e.payment_id'
        ' ORDER BY e.unit_id, e.id'
    )).mappings().all()
    whose, parts = [], []
    for _, entries in groupby(rows, key=lambda row: row['unit_id']):
        for row, shares in divided(entries):
            (first, amount), *more = shares
            whose.append({'entry': row['id'], 'customer': first, 'amount': amount})
            parts += [
                {**{name: row[name] for name in ('community_id', 'unit_id', 'payment_id',
                                                 'entered_on')},
                 'customer': customer, 'amount': amount}
                for customer, amount in more
            ]
    if whose:
        connection.execute(sa.text(
            'UPDATE prepayment_entry SET customer_id = :customer, amount = :amount'
            ' WHERE id = :entry'
        ), whose)
    if parts:
        connection.execute(sa.text(
            'INSERT INTO prepayment_entry (community_id, unit_id, payment_id, customer_id, amount,'
            ' entered_on) VALUES (:community_id, :unit_id, :payment_id, :customer, :amount,'
            ' :entered_on)'
        ), parts)


def divided(entries: Any) -> Any:
    """Each entry of a unit with its shares: customer (None: nobody known) and fen."""
    purses: dict[int | None, int] = defaultdict(int)
    moved: dict[tuple[int, int], list[tuple[int | None, int]]] = {}
    for row in entries:
        amount, payer = row['amount'], row['payer_id']
        # A void goes back into the purses from which its payment took, and out of those it filled.
        opposite = moved.pop((row['payment_id'], -amount), None)
        if opposite is not None:
            shares = [(who, -part) for who, part in opposite]
            if any(part < 0 and purses[who] + part < 0 for who, part in shares):
                shares = taken(purses, payer, -amount)
        elif amount > 0:
            shares = [(payer, amount)]
        else:
            shares = taken(purses, payer, -amount)
        for who, part in shares:
            purses[who] += part
        moved[row['payment_id'], amount] = shares
        yield row, shares


def taken(
    purses: dict[int | None, int], payer: int | None, wanted: int
) -> list[tuple[int | None, int]]:
    """From which purses a sum comes: the payer's, the unassigned, then the others."""
    shares = []
    for who in dict.fromkeys((payer, None, *purses)):
        part = min(purses.get(who, 0), wanted)
        if part > 0:
            shares.append((who, -part))
            wanted -= part
    # Only a ledger that was broken before wants more than all purses hold together.
    return [*shares, (payer, -wanted)] if wanted else shares
