"""Where the corpus of strange files is: a named skip without it, a failure where it must be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"

OWNER_FILES = (
    "01a_three_blocks", "01c_four_blocks_phone", "01h_three_blocks_no_area_phone_last",
    "03_one_row_per_person", "04b_charged_area_differs", "05_header_with_notes",
    "06d_key_loan_list", "10_phase_column", "11_floor_and_door", "12_kinds_states",
    "14_phone_cells", "19_area_four_decimals", "22b_parking", "30a_first", "30g_name_typo_fixed",
    "30h_room_renumbered", "33_hand_match_with_second_sheet", "40_owner_names", "41b_floor_12A",
    "42_hidden_rows", "46_id_text_dot0", "48b_stacked_other_order",
)  # fmt: skip
"""The shapes of owner files that went wrong in use."""


def corpus(*parts: str) -> Path:
    """The corpus, or a file or folder in it."""
    found = CORPUS.joinpath(*parts)
    if not found.exists():
        if os.environ.get("ANJU_TEST_STRICT") == "1":
            pytest.fail(f"{found} is missing")
        pytest.skip(f"the corpus is not on this machine: {found}")
    return found


def owner_file(name: str) -> Path:
    """An owner file of the corpus by its name."""
    return corpus("owner_files", f"{name}.xlsx")
