"""Rules for passwords, random ones, and their hashes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from werkzeug.security import check_password_hash, generate_password_hash

from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

# No 0/O, 1/l/I: a new password is read aloud or copied from a slip of paper.
LETTERS = "abcdefghijkmnpqrstuvwxyz"
CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"

_FIRST_GUESSES = """
password password1 password12 password123 password1234 passw0rd passw0rd123 p@ssw0rd p@ssword
p@ssw0rd123 qwertyuiop qwerty12345 qwerty123456 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qaz@wsx
1qazxsw23edc qazwsxedcrfv zxcvbnm123 asdfghjkl asdfghjkl123 abc1234567 abcd123456 abcd1234567
abcde12345 abcdef123456 aa123456789 a123456789 a1234567890 woaini1314 woaini520 woaini5201314
woaiwojia woaiwojia123 iloveyou123 iloveyou520 wangjianguo zhongguo123 nihao123456 admin12345
admin123456 administrator adminadmin root123456 letmein123 welcome123 welcome1234 changeme123
wuye123456 anju123456 property123 test123456 huawei12345 5201314520 qq123456789 wx123456789
"""
COMMON = frozenset(_FIRST_GUESSES.split())
"""Passwords that people try first; compared in lower case."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of login of one application, as `config.py` sets them."""

    length: int = 10
    method: str = "scrypt"
    tries: int = 5
    lock: timedelta = timedelta(minutes=15)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Policy:
        """The rules in a Flask configuration."""
        return cls(
            length=config["PASSWORD_LENGTH"],
            method=config.get("FAB_PASSWORD_HASH_METHOD", "scrypt"),
            tries=config["LOGIN_TRIES"],
            lock=config["LOGIN_LOCK"],
        )


def check(password: str, username: str, policy: Policy) -> None:
    """DomainError when the rules refuse this password for this user."""
    plain = password.lower()
    if len(password) < policy.length:
        raise DomainError(
            N_("The password needs at least %(count)s characters."),
            field="password",
            count=policy.length,
        )
    if len(password) > 200:
        raise DomainError(N_("The password is too long: 200 characters at most."), field="password")
    if password.isdigit():
        raise DomainError(
            N_("The password must not be digits alone; add letters or signs."), field="password"
        )
    if len(set(plain)) < 4:
        raise DomainError(
            N_("The password repeats too few different characters."), field="password"
        )
    if len(username) >= 3 and username.lower() in plain:
        raise DomainError(N_("The password must not contain the user name."), field="password")
    if plain in COMMON:
        raise DomainError(
            N_("This password is one of the first that strangers try; choose another."),
            field="password",
        )


def random_password(policy: Policy) -> str:
    """A password to be told once: groups of letters and digits that are hard to misread."""
    alphabet = LETTERS + CAPITALS + DIGITS
    count = max(policy.length, 12)
    while True:
        letters = [secrets.choice(alphabet) for _ in range(count)]
        kinds = (LETTERS, CAPITALS, DIGITS)
        if all(any(letter in kind for letter in letters) for kind in kinds):
            return "".join(letters)


def hashed(password: str, policy: Policy) -> str:
    """What is stored in place of the password."""
    return generate_password_hash(password, method=policy.method)


def matches(stored: str | None, password: str, policy: Policy) -> bool:
    """Is this the password? Takes the same time for an account that does not exist (None)."""
    right = check_password_hash(stored or _nobody(policy.method), password[:1000])
    return right and stored is not None


@lru_cache
def _nobody(method: str) -> str:
    return generate_password_hash(secrets.token_urlsafe(16), method=method)
