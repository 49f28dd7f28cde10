"""Holds what is read of generated owner files against what is true of them.

`python -m tests.estate.owner_file.generated_judge 500` prints the figures of 500 files,
and the first faults; a second number is the first seed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.core.sheets.account import Fate
from app.core.values.errors import DomainError
from app.estate.owner_file.parse import parse_owner_file
from app.estate.owner_file.rows import OwnerFile, OwnerRow
from tests.estate.owner_file.generated_kinds import generated
from tests.estate.owner_file.generated_people import Unit
from tests.estate.owner_file.generated_sheets import Made


@dataclass
class Verdict:
    """What came of one file: wrong and silent must be empty."""

    wrong: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    good: int = 0
    stored: int = 0
    refused: bool = False
    what: str = ""
    why: Counter[str] = field(default_factory=Counter)


def judge(made: Made) -> Verdict:
    """Compare what is read with what is true."""
    verdict = Verdict(what=made.what)
    wanted = {unit.code: unit for unit in made.truth}
    verdict.good = sum(unit.good for unit in made.truth)
    try:
        owners = parse_owner_file(made.workbook)
    except DomainError as refusal:
        verdict.refused = True
        verdict.why[str(refusal.message)[:60]] += 1
        if made.may_refuse:
            verdict.good = 0
        return verdict
    for row in owners.rows:
        unit = wanted.get(row.key.code)
        if unit is None:
            verdict.wrong.append(f"no such unit: {row.key.code}")
            continue
        verdict.wrong += differences(unit, row, owners)
        verdict.stored += unit.good
    verdict.why.update(problem.code for problem in owners.errors)
    if made.may_refuse and any(problem.code == "UNTOLD" for problem in owners.errors):
        verdict.good = verdict.stored
    verdict.silent += unaccounted(made, owners)
    return verdict


def differences(unit: Unit, row: OwnerRow, owners: OwnerFile) -> list[str]:
    """Where a stored row says something else than is true, or less in silence."""
    truth = {
        "names": tuple(one.name for one in unit.owners),
        "phones": (unit.owners[0].phone,),
        "cards": tuple(one.card for one in unit.owners),
        "area": unit.area,
        "charged": unit.charged,
        "kind": unit.kind,
        "family": tuple((one.name, relation, one.phone) for one, relation in unit.family),
        "tenant": unit.tenant.name if unit.tenant else None,
    }
    found = {
        "names": tuple(owner.name for owner in row.owners),
        "phones": tuple(phone for owner in row.owners for phone in owner.phones),
        "cards": tuple(owner.id_number for owner in row.owners if owner.id_number),
        "area": row.gross_area,
        "charged": row.charged_area,
        "kind": row.kind,
        "family": tuple((one.name, one.relation, one.phone) for one in row.family),
        "tenant": row.tenant.name if row.tenant else None,
    }
    fields = owners.fields
    unsaid = {
        "phones": "owner_phones" not in fields,
        "cards": "id_numbers" not in fields,
        "area": "gross_area" not in fields,
        "charged": "charged_area" not in fields,
        "kind": True,
        "family": False,
        "tenant": False,
        "names": "owner_names" not in fields,
    }
    told = any(problem.sheet == row.sheet and problem.row == row.row for problem in owners.problems)
    faults = []
    for name, true in truth.items():
        said = found[name]
        if said == true or (name == "charged" and said == unit.area and unit.charged is None):
            continue
        if not said and (unsaid[name] or told or not true):
            continue
        if name == "cards" and not said:
            continue  # a list of this sheet has no column for it
        if name in ("phones", "area") and not said and len(owners.headers) > 1:
            continue
        faults.append(f"{row.key.code} {name}: {said} instead of {true}")
    return faults


def unaccounted(made: Made, owners: OwnerFile) -> list[str]:
    """Cells whose way nobody can tell, and units that went without a word."""
    counts = owners.accounting.counts()
    filled = sum(
        cell != "" for sheet in made.workbook.visible for row in sheet.rows for cell in row
    )
    faults = []
    if counts[Fate.LOST]:
        faults.append(f"{counts[Fate.LOST]} cells lost")
    if sum(counts.values()) != filled:
        faults.append(f"{sum(counts.values())} of {filled} cells accounted for")
    gone = len(made.truth) - len(owners.rows)
    if gone > 0 and not owners.errors:
        faults.append(f"{gone} units without an error")
    return faults


def report(seeds: Iterable[int]) -> None:
    """Print the figures of many files, and the first faults."""
    total, faults, by_kind, why = Counter[str](), [], Counter[str](), Counter[str]()
    for seed in seeds:
        verdict = judge(generated(seed))
        total.update(
            files=1,
            good=verdict.good,
            stored=verdict.stored,
            refused=verdict.refused,
            wrong=len(verdict.wrong),
            silent=len(verdict.silent),
        )
        faults += [f"{seed} {verdict.what}: {one}" for one in verdict.wrong + verdict.silent]
        if verdict.stored < verdict.good:
            by_kind[verdict.what] += verdict.good - verdict.stored
            why.update(verdict.why)
            if len(faults) < 200:
                gone = verdict.good - verdict.stored
                print("left out", seed, verdict.what, gone, dict(verdict.why))
    print(dict(total))
    print(f"{total['stored'] / max(total['good'], 1):.1%} of the good rows stored")
    print("left out by kind:", dict(by_kind), "because of:", dict(why))
    print("\n".join(faults[:40]))


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]] or [500]
    report(range(numbers[1] if len(numbers) > 1 else 0, sum(numbers[:2])))
