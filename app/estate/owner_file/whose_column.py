"""Tells whose phone or ID number a column of an owner file holds (pure).

``联系电话`` beside the owner is the owner's, the same word beside 租户姓名 or 紧急联系人 is not.
What nobody can tell stays unmatched: people say it on the page of the matching.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_OF_PERSONS = {"owner_phones": "tenant_phones", "id_numbers": None}
"""Columns of the owner that others have as well → the tenant's column of the same thing."""
_OWNER = re.compile("业主|户主|房主|产权|所有权|权利人|owner", re.IGNORECASE)
OTHER_PERSON = re.compile(
    "联系人|共有人|共有权|配偶|家属|亲属|代理|委托人|经办|担保|紧急|租户|租客|承租|使用人|负责人|法人"
    "|管家|姓名|成员"
)
_OWNER_AGAIN = re.compile(r"(业主|户主|房主|产权人|所有权人|权利人)(姓名|名称)?\s*[1-9一二三四]?")
_CONTACT = ("联系人", "业主联系人")
_NUMBER = re.compile(r"(?<=\D)[1-9一二三四]$")
_FIRST = ("", "1", "一")


def whose(
    labels: Sequence[str], captions: Sequence[str], fields: Mapping[int, str]
) -> dict[int, str]:
    """The matching with the phones and ID numbers of other people taken from the owner."""
    beside = _persons(labels, fields)
    numbered = any(
        person == "other" and _OWNER_AGAIN.fullmatch(labels[place]) and _number(labels[place])
        for place, person in beside.items()
    )
    found = dict(fields)
    for name, tenants in _OF_PERSONS.items():
        holders = {
            place: _holder(place, labels, captions, beside, numbered=numbered)
            for place, field in fields.items()
            if field == name
        }
        owner_has_one = "owner" in holders.values()
        for place, holder in holders.items():
            if holder == "owner" or (holder == "family" and not owner_has_one):
                continue
            del found[place]
            if holder == "tenant" and owner_has_one and tenants:
                found[place] = tenants
    return found


def _persons(labels: Sequence[str], fields: Mapping[int, str]) -> dict[int, str]:
    """The columns that name somebody: owner, tenant, family or other.

    A plain 联系人 counts as family: the only phone of a list is the one to call for the unit.
    """
    persons = {}
    known = {"owner_names": "owner", "tenant_name": "tenant", "family": "family"}
    for place, label in enumerate(labels):
        if fields.get(place) in known:
            persons[place] = known[fields[place]]
        elif place in fields:
            continue
        elif label in _CONTACT:
            persons[place] = "family"
        elif OTHER_PERSON.search(label) or _OWNER_AGAIN.fullmatch(label):
            persons[place] = "other"
    return persons


def _holder(
    place: int,
    labels: Sequence[str],
    captions: Sequence[str],
    beside: Mapping[int, str],
    *,
    numbered: bool,
) -> str:
    """Whose column this is: that of the last person named to the left, if it does not say."""
    if _OWNER.search(labels[place]) or _OWNER.search(captions[place]):
        return "owner"
    if numbered and (number := _number(labels[place])):
        return "owner" if number in _FIRST else "other"
    left = [person for at, person in sorted(beside.items()) if at < place]
    return left[-1] if left else "owner"


def _number(label: str) -> str:
    match = _NUMBER.search(label.strip())
    return match[0] if match else ""
