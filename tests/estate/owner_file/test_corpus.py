"""The shapes of owner files that went wrong in use, where the corpus is on this machine."""

from __future__ import annotations

import pytest

from app.core.sheets.account import Fate
from app.core.values.errors import DomainError
from app.core.workbook.reader import read_workbook
from app.estate.owner_file.parse import parse_owner_file
from tests.corpus import owner_file

# Units that come in without an answer, errors of rows, questions.
EXPECTED = {
    "01a_three_blocks": (24, 0, 0),
    "01c_four_blocks_phone": (32, 0, 0),
    "01h_three_blocks_no_area_phone_last": (12, 0, 0),
    "03_one_row_per_person": (2, 0, 0),
    "04b_charged_area_differs": (2, 0, 0),
    "05_header_with_notes": (1, 1, 1),
    "06d_key_loan_list": None,
    "10_phase_column": (4, 0, 0),
    "11_floor_and_door": (3, 0, 0),
    "12_kinds_states": (19, 6, 18),
    "14_phone_cells": (20, 0, 0),
    "19_area_four_decimals": (4, 0, 0),
    "22b_parking": (1, 0, 0),
    "30a_first": (4, 0, 0),
    "30g_name_typo_fixed": (1, 0, 0),
    "30h_room_renumbered": (1, 0, 0),
    "33_hand_match_with_second_sheet": (2, 0, 0),
    "40_owner_names": (29, 1, 6),
    "41b_floor_12A": (5, 0, 0),
    "42_hidden_rows": (6, 0, 2),
    "46_id_text_dot0": (6, 0, 0),
    "48b_stacked_other_order": (8, 0, 0),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_shape_comes_in_whole_or_says_what_is_wrong(name):
    book = read_workbook(owner_file(name))
    if EXPECTED[name] is None:
        with pytest.raises(DomainError):
            parse_owner_file(book)
        return
    owners = parse_owner_file(book)
    found = (len(owners.rows), len(owners.errors), len(owners.questions))
    assert found == EXPECTED[name]
    counts = owners.accounting.counts()
    assert counts[Fate.LOST] == 0
    filled = sum(cell != "" for sheet in book.visible for row in sheet.rows for cell in row)
    assert sum(counts.values()) == filled
