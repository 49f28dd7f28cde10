"""Every screen, verb, post and act has a word that people use."""

import ast
from pathlib import Path

from app.access import labels
from app.roles import POSTS, Verb, default_rights

APP = Path(__file__).resolve().parents[2] / "app"


def test_every_screen_post_and_verb_has_a_label():
    assert set(labels.SCREENS) == set(default_rights())
    assert set(labels.POSTS) == set(POSTS)
    assert set(labels.VERBS) == set(Verb)
    assert {area for area, _ in labels.SCREENS.values()} == set(labels.AREAS)


def test_no_two_screens_have_the_same_label():
    texts = [text for _, text in labels.SCREENS.values()]
    assert len(set(texts)) == len(texts)


def test_every_act_that_is_recorded_has_a_label():
    missing = set()
    for file in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            place = {("audit", "record"): 1, ("witness", "note"): 0}.get(
                (getattr(node.func.value, "id", ""), node.func.attr)
            )
            act = node.args[place] if place is not None else None
            if isinstance(act, ast.Constant) and act.value not in labels.ACTS:
                missing.add(f"{act.value} in {file.name}")
    assert missing == set()
