"""The published JSON Schema accepts every shipped file and refuses broken ones, as editors do."""

from __future__ import annotations

import copy
import json
import tomllib

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from app.registers.commands import registers
from app.registers.loading import SHIPPED

FILES = sorted(SHIPPED.glob("*.toml"))


@pytest.fixture(scope="module")
def schema():
    """What `anju registers schema` prints."""
    answer = CliRunner().invoke(registers, ["schema"])
    assert answer.exit_code == 0, answer.output
    printed = json.loads(answer.stdout)
    Draft202012Validator.check_schema(printed)
    return Draft202012Validator(printed)


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_every_shipped_file_fits(schema):
    assert len(FILES) > 40
    wrong = [
        (path.name, error.json_path, error.message)
        for path in FILES
        for error in schema.iter_errors(read(path))
    ]
    assert wrong == []


@pytest.mark.parametrize(("place", "key", "value"), [
    (("fields", 0), "kind", "flat"),
    (("fields", 0), "lable", {"zh": "房号", "en": "Unit"}),
    (("register", "title"), "en", None),
    (("states", 0), "look", "green"),
    (("register",), "keepers", "front_desk"),
    ((), "slips", {}),
])  # fmt: skip
def test_a_broken_file_is_refused_at_its_place(schema, place, key, value):
    content = copy.deepcopy(read(SHIPPED / "key_loan.toml"))
    assert schema.is_valid(content)
    part = content
    for step in place:
        part = part[step]
    if value is None:
        del part[key]
    else:
        part[key] = value
    wrong = list(schema.iter_errors(content))
    assert wrong
    assert all(tuple(error.absolute_path)[: len(place)] == place for error in wrong)
