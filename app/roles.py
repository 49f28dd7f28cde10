"""The role table: rows are screens, columns are posts, cells are verbs; the default of rights.

It seeds the database roles for screens that were unknown before; from then on an
administrator works on the page "rights" and this table is only what "restore" returns to.
It imports nothing of ours.
"""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What one may do on a screen; the value is the permission's name in the database."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    IMPORT = "import"
    EXPORT = "export"
    PRINT = "print"
    POST = "post"
    VOID = "void"
    APPROVE = "approve"
    SEE_PRIVATE = "see_private"
    SEE_ALL = "see_all"


LETTERS = {
    "r": Verb.READ,
    "w": Verb.WRITE,
    "d": Verb.DELETE,
    "i": Verb.IMPORT,
    "x": Verb.EXPORT,
    "p": Verb.PRINT,
    "o": Verb.POST,
    "v": Verb.VOID,
    "a": Verb.APPROVE,
    "s": Verb.SEE_PRIVATE,
    "e": Verb.SEE_ALL,
}

POSTS = ("manager", "supervisor", "front_desk", "collector", "clerk", "administrator")
"""客服经理, 客服主管, 前台接待, 收费员, 文员, 系统管理员: the names of the database roles."""

TABLE = """
screen               manager  supervisor front_desk collector clerk    administrator
home                 r        r          r          r         r        r
profile              rw       rw         rw         rw        rw       rw
jobs                 r        r          r          r         r        r
lookups              r        r          r          r         r        r

communities          rx       rx         r          r         r        rwdx
buildings            rx       rwdx       r          r         rwx      rwdx
units                rx       rwdx       rwx        rx        rwx      rx
customers            rxs      rwdxs      rwxs       rx        rwxs     r
ownerships           rx       rwdx       rwx        r         rwx      r
tenancies            rx       rwdx       rwx        r         rwx      r
residents            rxs      rwdxs      rwxs       r         rwxs     r
vehicles             rx       rwdx       rwx        rx        rwx      r
unit_notes           r        rwd        rw         rw        rw       r
phones               r        r          r          r         r        -
owner_import         r        rio        -          -         rio      r
renumbering          r        ro         -          -         ro       -

charge_items         rx       rwdx       r          r         r        rwdx
standards            rwx      rwdx       r          rx        r        rwx
standard_prices      rwx      rwdx       r          rx        r        rwx
assignments          rwx      rwdx       r          rx        r        rwx
billing              r        ro         -          ro        -        r
bills                rxv      rxpv       rp         rxp       r        rx
notices              rp       rp         rp         rp        -        -
desk                 r        rop        -          rop       -        -
payments             rxv      rxpv       -          rxp       -        r
prepayments          rx       rxo        r          rx        -        r
void_requests        ra       rwa        -          rw        -        r
arrears              rx       rx         r          rx        -        r

daily_log            rw       rw         rw         rw        rw       rw
log_review           rax      rax        -          -         -        -
log_reviewers        rw       r          -          -         -        rw

report_operations    rx       -          -          -         -        -
report_progress      rx       rx         -          -         -        -
report_occupancy     rx       rx         rx         -         rx       -
report_takings       rx       rx         -          rx        -        -
report_charges       rx       rx         -          rx        -        -
report_arrears       rx       rx         -          rx        -        -
report_files         rx       rx         -          -         rx       -

registers            r        r          -          -         -        rw

users                -        -          -          -         -        rwd
rights               r        -          -          -         -        rw
login_events         r        -          -          -         -        rx
audit                rx       r          -          -         -        rx
"""


SPLIT_OFF: dict[tuple[str, Verb], Verb] = {("phones", Verb.READ): Verb.SEE_PRIVATE}
"""A right that was part of another verb once: an office's own roles that have the verb on any
screen keep what they could when the right comes into being."""

Rights = dict[str, dict[str, frozenset[Verb]]]
"""screen → post → verbs."""
_declared: Rights = {}


def declare(rights: Rights) -> None:
    """Take further rows, those of the registers, in place of the ones declared before."""
    _declared.clear()
    _declared.update(rights)


def default_rights() -> Rights:
    """The rows of the table and the declared ones; ValueError where the table is misspelt."""
    lines = [line.split() for line in TABLE.strip().splitlines() if line.strip()]
    header, rows = lines[0], lines[1:]
    if tuple(header[1:]) != POSTS:
        raise ValueError("the columns of the role table are not the posts")
    rights: dict[str, dict[str, frozenset[Verb]]] = {}
    for screen, *cells in rows:
        if len(cells) != len(POSTS) or screen in rights:
            raise ValueError(f"the row of {screen} in the role table is not whole or not single")
        rights[screen] = {
            post: frozenset(LETTERS[letter] for letter in cell if letter != "-")
            for post, cell in zip(POSTS, cells, strict=True)
        }
    if twice := set(rights) & set(_declared):
        raise ValueError(f"declared and in the role table: {sorted(twice)}")
    return rights | _declared
