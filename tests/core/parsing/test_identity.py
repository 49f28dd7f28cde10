"""Identity cards, credit codes, phones and plates by table (domain rules 11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.parsing.cells import Doubt
from app.core.parsing.identity import identity, is_credit_code, phone, phone_remarks, phones, plates

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def card(region: int, born: date, order: int) -> str:
    """An ID number by the rule in the law, not by the library under test."""
    body = f"{region:06d}{born:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def code(found: object) -> str | None:
    return found.code if isinstance(found, Doubt) else None


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("360426199101010071", "360426199101010071"),
        (" 360426 19910101 0071 ", "360426199101010071"),
        ("３６０４２６１９９１０１０１００７１", "360426199101010071"),
        ("'360426199101010071", "360426199101010071"),
        ("11010119900307803x", "11010119900307803X"),
        ("360426910101007", "360426910101007"),
        (360426910101007.0, "360426910101007"),
        ("91330100799655058B", "91330100799655058B"),
        ("91330100799655058b", "91330100799655058B"),
        ("", None),
        ("/", None),
        ("无", None),
    ],
)
def test_good_numbers_come_in_their_normal_form(cell, number):
    assert identity(cell) == number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("36042619910101007", "ID_LENGTH"),
        ("3604261991010100711", "ID_LENGTH"),
        ("330106********0071", "ID_LENGTH"),
        ("E12345678", "ID_LENGTH"),
        ("张三", "ID_LENGTH"),
        ("360426199102300071", "ID_DATE"),
        ("360426179901010071", "ID_DATE"),
        ("360426911301007", "ID_DATE"),
        ("360426199101010072", "ID_CHECKSUM"),
        ("36042619910101007X", "ID_CHECKSUM"),
        (3.60426199101010071e17, "ID_LOSSY"),
        (360426199101010071, "ID_LOSSY"),
        ("3.60426E+17", "ID_LOSSY"),
        ("360426199101010000", "ID_LOSSY"),
        ("330106199003073000", "ID_LOSSY"),
    ],
)
def test_bad_numbers_are_named_and_not_taken(cell, expected):
    found = identity(cell)
    assert code(found) == expected
    assert found.value is None


def test_a_credit_code_with_a_wrong_check_digit_is_kept_with_a_warning():
    found = identity("91330100799655058C")
    assert (code(found), found.value) == ("ID_CHECKSUM", "91330100799655058C")


def test_cards_and_company_codes_are_told_apart():
    assert not is_credit_code("360426199101010071")
    assert is_credit_code("91330100799655058B")
    assert code(identity("110001192604260 01X")) == "ID_CHECKSUM"  # would do as a code


@given(
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    st.integers(1, 999),
)
def test_every_number_made_by_the_rule_is_taken_and_every_slip_is_seen(region, born, order):
    number = card(region, born, order)
    if number.endswith("000"):
        assert code(identity(number)) == "ID_LOSSY"
        return
    assert identity(number) == number
    slip = number[:5] + str((int(number[5]) + 1) % 10) + number[6:]
    assert code(identity(slip)) == "ID_CHECKSUM" or slip.endswith("000")
    assert identity(number[:6] + number[8:17]) == number[:6] + number[8:17]


@given(st.dates(date(1950, 1, 1), date(2000, 1, 1)))
def test_a_number_cell_never_passes_for_a_card(born):
    number = card(330106, born + timedelta(days=1), 21).replace("X", "9")
    assert code(identity(float(number))) == code(identity(int(number))) == "ID_LOSSY"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("13800000001", ("13800000001",)),
        (13800000001.0, ("13800000001",)),
        (13800000001, ("13800000001",)),
        ("138 0000 0001", ("13800000001",)),
        ("138-0000-0001", ("13800000001",)),
        ("１３８００００００11", ("13800000011",)),
        ("+86 138 0000 0001", ("13800000001",)),
        ("8613800000001", ("13800000001",)),
        ("013800000001", ("13800000001",)),
        ("0571-88888888", ("0571-88888888",)),
        ("(0571)88888888", ("0571-88888888",)),
        ("（010）12345678转22", ("010-12345678-22",)),
        ("0571-88888888-123", ("0571-88888888-123",)),
        ("021 12345678", ("021-12345678",)),
        ("400-820-8820", ("4008208820",)),
        ("13800000001/13900000002", ("13800000001", "13900000002")),
        ("13800000001、0571-88888888", ("13800000001", "0571-88888888")),
        ("13800000001;13900000002，13700000003", ("13800000001", "13900000002", "13700000003")),
        ("13800000001\n13900000002", ("13800000001", "13900000002")),
        ("13800000001 13900000002", ("13800000001", "13900000002")),
        ("13800000001，13800000001", ("13800000001",)),
        ("13800000001.0", ("13800000001",)),
        ("13800000001(妻)", ("13800000001",)),
        ("", None),
        ("-", None),
        ("无", None),
    ],
)
def test_phones_in_every_spelling(cell, expected):
    assert phones(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected", "kept"),
    [
        ("1380000000", "PHONE_INVALID", None),
        ("138000000011", "PHONE_INVALID", None),
        ("12800000001", "PHONE_INVALID", None),
        ("88888888", "PHONE_INVALID", None),
        (88888888.0, "PHONE_INVALID", None),
        ("A86139000000017", "PHONE_INVALID", None),
        ("139-0000-00211", "PHONE_INVALID", None),
        ("妻13800000001室1101", "PHONE_INVALID", None),
        ("13800000001、1390000000", "PHONE_INVALID", ("13800000001",)),
        ("1.38E+10", "PHONE_LOSSY", None),
        (57188888888.0, "PHONE_LOSSY", None),
        (1.380000000113900e21, "PHONE_LOSSY", None),
        (13800000001.5, "PHONE_LOSSY", None),
        (float("nan"), "PHONE_LOSSY", None),
        (float("inf"), "PHONE_LOSSY", None),
    ],
)
def test_bad_phones_are_named_and_good_ones_beside_them_kept(cell, expected, kept):
    found = phones(cell)
    assert (code(found), found.value) == (expected, kept)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_survives_text_and_number_cells(number):
    assert phones(number) == phones(float(number)) == phones(f"+86-{number}") == (number,)


@given(st.text(max_size=40))
def test_no_text_breaks_the_parsers(text):
    for parse in (phones, identity, plates):
        found = parse(text)
        assert found is None or isinstance(found, Doubt | tuple | str)
    assert phone(text) is None or phone(phone(text)) == phone(text)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("浙A12345", ("浙A12345",)),
        ("浙a·12345", ("浙A12345",)),
        ("浙 A 12345", ("浙A12345",)),
        ("浙AD12345", ("浙AD12345",)),
        ("浙AG1234A", None),
        ("浙A12345D", ("浙A12345D",)),
        ("浙A12345K", ("浙A12345K",)),
        ("粤Z1234港", ("粤Z1234港",)),
        ("浙A1234学", ("浙A1234学",)),
        ("浙A12345、浙B88888", ("浙A12345", "浙B88888")),
        ("浙A12345 浙B88888", ("浙A12345", "浙B88888")),
        ("浙A12345/无", None),
        ("浙AI2345", None),
        ("浙AO2345", None),
        ("浙A1234", None),
        ("A12345", None),
        ("无", ()),
    ],
)
def test_plates(cell, expected):
    found = plates(cell)
    if expected is None:
        assert code(found) == "VALUE_INVALID"
    else:
        assert (found or ()) == expected


@pytest.mark.parametrize(
    ("cell", "numbers", "remarks"),
    [
        ("温先生13900000001", ["13900000001"], "13900000001 温先生"),
        ("13900000001（妻）", ["13900000001"], "13900000001 妻"),
        ("13900000018换号", ["13900000018"], "13900000018 换号"),
        ("钱：13900000002、13900000003", ["13900000002", "13900000003"], "13900000002 钱"),
        ("（旧）13900000019 新13900000020", ["13900000019", "13900000020"],
         "13900000019 旧；13900000020 新"),
        ("139 0000 0001（妻）13900000002（子）", ["13900000001", "13900000002"],
         "13900000001 妻；13900000002 子"),
        ("家0571-88888888", ["0571-88888888"], "0571-88888888 家"),
        ("13900000001", ["13900000001"], ""),
        (13900000001.0, ["13900000001"], ""),
    ],
)  # fmt: skip
def test_words_beside_a_phone_are_kept_with_it(cell, numbers, remarks):
    assert list(phones(cell)) == numbers
    assert phone_remarks(cell) == remarks
