"""Which passwords are good enough, and what is kept of them."""

import pytest

from app.access.passwords import COMMON, Policy, check, hashed, matches, random_password
from app.core.values.errors import DomainError

QUICK = Policy(method="pbkdf2:sha256:1")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a",
        "short-one",
        "1234567890",
        "12345678901234567890",
        "aaaaaaaaaaaa",
        "zhangsan-2026",
        "ZHANGSAN-x9-y8",
        "Password1234",
        "woaini1314",
        "x" * 201,
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(bad):
    with pytest.raises(DomainError):
        check(bad, "zhangsan", QUICK)


@pytest.mark.parametrize("good", ["meihua-kai-le", "我爱安居花园的早晨啊", "k7P!wq2z-Xm"])
def test_a_good_password_passes(good):
    check(good, "zhangsan", QUICK)


def test_a_short_user_name_does_not_forbid_half_the_alphabet():
    check("meihua-kai-le", "ka", QUICK)


def test_common_passwords_are_compared_without_their_case():
    assert all(word == word.lower() for word in COMMON)
    assert len(COMMON) >= 50


def test_random_passwords_pass_the_rules_and_cannot_be_misread():
    made = {random_password(QUICK) for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check(password, "zhangsan", QUICK)
        assert not set(password) & set("0O1lI")


def test_only_the_right_password_matches():
    stored = hashed("meihua-kai-le", QUICK)
    assert "meihua" not in stored
    assert matches(stored, "meihua-kai-le", QUICK)
    assert not matches(stored, "meihua-kai-la", QUICK)
    assert not matches(None, "meihua-kai-le", QUICK)
