"""Broken register files, one fault each: every answer names file, line and mend."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from jsonschema import ValidationError, validate

from app.core.i18n.catalogue import merge, sources
from app.registers.catalogue import CHECKS
from app.registers.definition import json_schema
from app.registers.loading import SHIPPED, load

GOOD = (SHIPPED / "key_loan.toml").read_text(encoding="utf-8")

BROKEN = {
    "no TOML": ("title   = { zh", "title   = { zh =", "bracket"),
    "unknown key of register": ('icon    = "fa-key"', 'icno    = "fa-key"', "“icon”"),
    "unknown key of field": ("max_length = 40\nd", "max_lenght = 40\nd", "“max_length”"),
    "unknown table": ("[slip]", "[slips]", "“slip”"),
    "unknown kind": ('kind = "phone"', 'kind = "fone"', "“phone”"),
    "unknown post": ('keepers = ["front_desk"]', 'keepers = ["frontdesk"]', "“front_desk”"),
    "unknown menu": ('menu    = "front_desk"', 'menu    = "frontdesk"', "“front_desk”"),
    "nobody": ('keepers = ["front_desk"]', "keepers = []", "add keepers"),
    "duty misspelt": ('"H02"]', '"H2"]', "like H01"),
    "duty unknown": ('"H02"]', '"H99"]', "no duty “H99”"),
    "no duty": ('duties  = ["H01", "H02"]', "duties = []", "needs at least one"),
    "missing title": ("title   =", "# title   =", "“title” is missing"),
    "missing translation": (
        'label = { zh = "用途", en = "Purpose" }',
        'label = { zh = "用途" }',
        "add en",
    ),
    "missing label": ('label = { zh = "备注", en = "Remark" }', "", "“label” is missing"),
    "number without seq": ("{seq:4}", "", "YS{year}{month}-{seq:4}"),
    "number too long": ("YS{year}", f"{'Y' * 40}{{year}}", "YS{year}{month}-{seq:4}"),
    "order by nothing": ('["-lent_at"]', '["-lend_at"]', "“lend_at”"),
    "two fields of one name": ('name = "phone"', 'name = "unit"', "twice"),
    "reserved name": ('name = "phone"', 'name = "version"', "choose another"),
    "name with capitals": ('name = "phone"', 'name = "Phone"', "small English letters"),
    "choice without choices": ('kind = "phone"', 'kind = "choice"', "needs “choices”"),
    "option of another kind": ('kind = "phone"\n', 'kind = "phone"\nplaces = 2\n', "belongs to"),
    "no such icon": ('"fa-key"', '"fa-keey"', "did you mean “fa-key”"),
    "an icon of nothing": ('icon = "fa-ban"', 'icon = "🔑"', "like fa-key"),
    "a mark of a company": ('"fa-key"', '"fa-weixin"', "no icon “fa-weixin”"),
    "default below min": ("min = 1\n", "min = 2\n", "smaller than min (2)"),
    "default below zero": ("default = 1\nmin = 1\n", "default = -1\n", "smaller than min (0)"),
    "default above max": ("default = 1\n", "default = 100\n", "larger than max (99)"),
    "default too long": ("max_length = 40\nd", "max_length = 2\nd", "max_length (2)"),
    "default out of pattern": (
        'default = "入户门"',
        'default = "入户门"\npattern = "[A-Z]+"',
        "does not match the pattern",
    ),
    "files where nothing is locked": ('look = "bad"', 'look = "bad"\nfiles = true', "locked state"),
    "a state out of reach": (
        '[[states]]\nname = "lost"',
        '[[states]]\nname = "gone"\n'
        'label = { zh = "丢弃", en = "Gone" }\n\n[[states]]\nname = "lost"',
        'to = "gone"',
    ),
    "unknown check": ('"unit_has_arrears"', '"unit_has_areas"', "unit_has_arrears"),
    "bad default": ("default = 1\n", 'default = "one"\n', "default"),
    "min above max": ("max = 99", "max = 0", "exchange"),
    "bad pattern": ('kind = "phone"\n', 'kind = "phone"\npattern = "(1"\n', "pattern"),
    "unknown state in unique": ('unique_in = ["lent"]', 'unique_in = ["lend"]', "“lend”"),
    "unknown field in unique": ('unique_per = ["unit"]', 'unique_per = ["flat"]', "“flat”"),
    "due misspelt": ("lent_at + 0 days", "lent_at plus 0 days", "lent_at + 3 days"),
    "due from no date": ("lent_at + 0 days", "borrower + 0 days", "no date"),
    "required unknown": (
        'required = ["returned_at", "received_by"]',
        'required = ["retuned_at"]',
        "“retuned_at”",
    ),
    "action from nowhere": ('from = "lent"', 'from = "lend"', "no state “lend”"),
    "action to nowhere": ('to = "returned"', 'to = "back"', "no state “back”"),
    "stamp of text": (
        'stamps = ["returned_at", "received_by"]',
        'stamps = ["borrower"]',
        "cannot be stamped",
    ),
    "nobody approves": ('from = "lent"', 'right = "approve"\nfrom = "lent"', "add approvers"),
    "call without a file": ('from = "lent"', 'call = "ring"\nfrom = "lent"', "Python file"),
    "slip of nothing": (
        'fields = ["unit", "key_name"',
        'fields = ["unit", "key_nane"',
        "“key_nane”",
    ),
    "formula of nothing": (
        'kind = "phone"',
        'kind = "computed"\nformula = "key_count * cost"',
        "“cost”",
    ),
    "formula of itself": (
        'kind = "phone"',
        'kind = "computed"\nformula = "phone + 1"',
        "its own result",
    ),
    "formula of texts": (
        'kind = "phone"',
        'kind = "computed"\nformula = "borrower * 2"',
        "never gives a number",
    ),
    "formula unreadable": (
        'kind = "phone"',
        'kind = "computed"\nformula = "key_count *"',
        "cannot be read",
    ),
    "formula with more than arithmetic": (
        'kind = "phone"',
        'kind = "computed"\nformula = "unit.__class__"',
        "cannot be read",
    ),
}


def faults(tmp_path: Path, text: str, name: str = "own_keys.toml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    known, problems = load(tmp_path, CHECKS)
    return known, problems


def test_the_file_that_they_are_made_from_is_good(tmp_path):
    known, problems = faults(tmp_path, GOOD)
    assert problems == []
    assert "own_keys" in known


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_named_with_file_line_and_mend(tmp_path, name):
    old, new, said = BROKEN[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    known, problems = faults(tmp_path, text)
    assert problems, name
    assert "own_keys" not in known
    first = problems[0]
    assert first.file == "own_keys.toml"
    sentences = [one.message % one.params for one in problems]
    assert any(said in one for one in sentences), sentences
    if name not in {"nobody", "missing title", "unknown table"}:
        begin = text[: GOOD.index(old)].count("\n") + 1
        assert any(begin - 12 <= one.line <= begin + 1 for one in problems), (begin, problems)


def test_all_faults_are_said_at_once(tmp_path):
    text = GOOD.replace('kind = "phone"', 'kind = "fone"').replace('"H02"]', '"H2"]')
    _, problems = faults(tmp_path, text)
    assert len(problems) == 2


def test_two_registers_of_one_name_and_what_extends_nothing(tmp_path):
    _, problems = faults(tmp_path, GOOD, "key_loan.toml")
    assert "two files" in problems[0].message
    (tmp_path / "key_loan.toml").unlink()
    _, problems = faults(tmp_path, 'extends = "key_lone"\n')
    assert problems[0].params == {"name": "key_lone"}


def test_an_extension_adds_fields_choices_and_posts(tmp_path):
    known, problems = faults(
        tmp_path,
        (
            'extends = "key_loan"\n[register]\nkeepers = ["clerk"]\n'
            '[[fields]]\nname = "purpose"\n'
            'choices = [{ value = "rental", label = { zh = "租", en = "Rent" } }]\n'
            '[[fields]]\nname = "deposit"\nkind = "money"\n'
            'label = { zh = "押金", en = "Deposit" }\n'
        ),
    )
    assert problems == []
    found = known["key_loan"].definition
    assert found.head.keepers == ("front_desk", "clerk")
    assert found.field("purpose").choices[-1].value == "rental"
    assert found.field("deposit").kind == "money"


def test_every_sentence_has_its_chinese(tmp_path):
    catalogue, _ = merge(sources())
    for old, new, _said in BROKEN.values():
        _, problems = faults(tmp_path, GOOD.replace(old, new, 1))
        for one in problems:
            assert catalogue.get(one.message).string % one.params


def test_the_published_schema_accepts_what_is_accepted_and_names_a_wrong_kind():
    schema = json_schema()
    whole = tomllib.loads(GOOD)
    validate(whole, schema)
    whole["fields"][0]["kind"] = "flat"
    with pytest.raises(ValidationError):
        validate(whole, schema)


def test_registers_that_point_to_each_other_are_named_with_file_and_line(tmp_path):
    pointing = """
[[fields]]
name = "other_row"
kind = "register"
register = "%s"
label = { zh = "另一条", en = "Other row" }
"""
    plain = GOOD.partition("[[states]]")[0].replace('unique_in = ["lent"]', "")
    plain = plain.replace('unique_per = ["unit"]', "")
    for name, other in (("left_book", "right_book"), ("right_book", "left_book")):
        (tmp_path / f"{name}.toml").write_text(plain + pointing % other, "utf-8")
    known, problems = load(tmp_path, CHECKS)
    assert [one.path for one in problems] == ["fields[13].register"]
    assert problems[0].file in {"left_book.toml", "right_book.toml"}
    assert problems[0].line > plain.count("\n")
    assert not {"left_book", "right_book"} & set(known)


def test_a_fault_of_an_extension_is_named_in_its_own_file_and_line(tmp_path):
    for name, check in (("first_more", "unit_has_areas"), ("second_more", "unit_has_arrears")):
        (tmp_path / f"{name}.toml").write_text(
            f"""extends = "key_loan"

[[fields]]
name = "{name}"
kind = "unit"
label = {{ zh = "房号", en = "Unit" }}
warn = ["{check}"]
""",
            "utf-8",
        )
    _known, problems = load(tmp_path, CHECKS)
    assert [(one.file, one.line) for one in problems] == [("first_more.toml", 7)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('{ value = "repair"', '{ value = "viewing"', "twice"),
        ('kind = "phone"\n', 'kind = "phone"\nrequired_if = { purpose = "sale" }\n', "none of"),
        ('kind = "attachment"', 'kind = "attachment"\nrequired = true', "does not fit"),
    ],
)
def test_what_could_never_work_is_refused_too(tmp_path, old, new, said):
    text = (
        GOOD.replace(old, new)
        if old in GOOD
        else GOOD
        + """
[[fields]]
name = "photos"
kind = "attachment"
required = true
label = { zh = "照片", en = "Photos" }
"""
    )
    _known, problems = faults(tmp_path, text)
    assert any(said in one.message for one in problems), problems


def test_a_formula_cannot_read_photos(tmp_path):
    more = (
        '\n[[fields]]\nname = "photos"\nkind = "attachment"\n'
        'label = { zh = "照片", en = "Photos" }\n\n[[fields]]\nname = "pictures"\n'
        'kind = "computed"\nlabel = { zh = "张数", en = "Pictures" }\n'
        'formula = "count(photos)"\n\n[[states]]'
    )
    _known, problems = faults(tmp_path, GOOD.replace("\n[[states]]", more, 1))
    assert ["“photos”" in problem.message % problem.params for problem in problems] == [True]
