"""Understands the office's own owner file: workbook in, rows and every problem out (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.core.parsing.cells import Severity
from app.core.sheets.account import Accounting, Fate, ListAccount, SheetAccount
from app.core.sheets.asking import Asker
from app.core.sheets.header import guess_header
from app.core.sheets.layout import CellFault, Header, Layout, ParsedRow, Title
from app.core.sheets.prepared import Prepared, prepared
from app.core.sheets.questions import Answers, Corrections
from app.core.sheets.reader import SheetReader
from app.core.sheets.sections import FoundLists, lists_in
from app.core.values.errors import N_, DomainError
from app.core.workbook.reader import SheetData, Workbook
from app.estate.owner_file.builder import RowBuilder
from app.estate.owner_file.clashes import clashes, same_rooms
from app.estate.owner_file.duplicates import Settled, settle
from app.estate.owner_file.floors import are_doors_on_floors
from app.estate.owner_file.layout import owner_layout
from app.estate.owner_file.place import RoomPlace, has_entrance_first
from app.estate.owner_file.roles import goes_on_below
from app.estate.owner_file.rows import OwnerFile, OwnerRow
from app.estate.owner_file.values import area_of

_NO_LIST = N_(
    "No header of an owner list was found. One of the first 20 rows must name the room "
    "(房号, 房间号, 门牌号…) and the owner, a phone or the area (业主姓名, 联系电话, 建筑面积…)."
)
_OTHER_LIST = N_(
    "The sheet “%(sheet)s” looks like a list of something else (%(columns)s). "
    "If it is a list of owners, say what its columns mean."
)
_NO_AREAS = N_("The sheet has no column for the gross area; the units come in without it.")
_NO_OWNERS = N_("The sheet has no column for the owner; the units come in without owners.")
_OF_NOBODY = N_("%(column)s was left out: no column names the person that it belongs to.")
_NO_ANSWERS = Answers()


def parse_owner_file(
    workbook: Workbook, corrections: Corrections | None = None, answers: Answers = _NO_ANSWERS
) -> OwnerFile:
    """Read every visible sheet that has the header of an owner list.

    `corrections` are the matchings that users chose for headers, by fingerprint; `answers` is
    what they said besides.

    :raises DomainError: no sheet has such a header.
    """
    reading = _Reading(workbook, _with(answers, corrections))
    reading.find()
    if not reading.lists and not any(sheet.found.problems for sheet in reading.sheets):
        raise reading.refusal()
    reading.read()
    return reading.file()


def owner_headers(
    workbook: Workbook, corrections: Corrections | None = None, answers: Answers = _NO_ANSWERS
) -> tuple[Header, ...]:
    """The headers of all visible sheets, guessed where none is sure, for the matching page."""
    reading = _Reading(workbook, _with(answers, corrections))
    reading.find()
    headers: list[Header] = []
    for sheet in reading.sheets:
        headers += [header for _, header in sheet.found.lists]
        if not sheet.found.lists and (guessed := guess_header(sheet.made.read, reading.layout)):
            headers.append(guessed)
    return tuple(headers)


def _with(answers: Answers, corrections: Corrections | None) -> Answers:
    if not corrections:
        return answers
    return replace(answers, columns={**corrections, **answers.columns})


@dataclass(slots=True)
class _Sheet:
    """A visible sheet while it is read."""

    made: Prepared
    found: FoundLists
    accounts: list[ListAccount] = field(default_factory=list)


class _Reading:
    """One workbook being read."""

    def __init__(self, workbook: Workbook, answers: Answers) -> None:
        self.workbook = workbook
        self.layout = owner_layout(date1904=workbook.date1904)
        self.reader = SheetReader(self.layout, answers)
        self.asker: Asker = self.reader.asker
        self.answers = answers
        self.sheets: list[_Sheet] = []
        self.rows: list[OwnerRow] = []
        self.sources: list[tuple[ListAccount, int]] = []
        self.problems: list[CellFault] = []
        self.continued: set[int] = set()
        self.persons: set[int] = set()
        self.count = 0

    @property
    def lists(self) -> list[tuple[_Sheet, SheetData, Header]]:
        """The lists of all sheets."""
        return [(sheet, own, header) for sheet in self.sheets for own, header in sheet.found.lists]

    def find(self) -> None:
        """Look for the lists of every sheet that was not left out."""
        for sheet in self.workbook.visible:
            if sheet.name in self.answers.sheets_left_out:
                self.sheets.append(_Sheet(Prepared(sheet, sheet), FoundLists()))
                continue
            made = prepared(sheet, self.asker)
            found = lists_in(made.read, self.layout, self.asker)
            self.sheets.append(_Sheet(made, found))

    def refusal(self) -> DomainError:
        """Why nothing of the workbook can be read."""
        for sheet in self.sheets:
            if sheet.found.refusal:
                columns = "、".join(sheet.found.refusal)
                return DomainError(
                    _OTHER_LIST, field="file", sheet=sheet.made.shown.name, columns=columns
                )
        return DomainError(_NO_LIST, field="file")

    def read(self) -> None:
        """Read every list."""
        lists = self.lists
        entrance_first = any(has_entrance_first(own, header) for _, own, header in lists)
        for sheet in self.sheets:
            if sheet.found.lists or sheet.found.problems:
                self.problems += [*sheet.made.problems, *sheet.found.problems]
            elif sheet.found.refusal:
                self.problems.append(_other(sheet))
        for sheet, own, header in lists:
            account = ListAccount(header)
            sheet.accounts.append(account)
            self.problems.extend(_absent(own, header, self.layout))
            place = RoomPlace(own, header, entrance_first=entrance_first)
            self._read_list(own, header, place, account)

    def _read_list(
        self, sheet: SheetData, header: Header, place: RoomPlace, account: ListAccount
    ) -> None:
        goes_on = goes_on_below(sheet, header)
        on_floors = are_doors_on_floors(sheet, header)
        builder = RowBuilder(self.layout, header, place, goes_on=goes_on, on_floors=on_floors)
        for item in self.reader.rows(sheet, header):
            if isinstance(item, Title):
                place.speak(item.text)
                continue
            row = builder.build(item)
            index = item.number - 1
            if item.chosen_out:
                account.rows[index] = Fate.CHOSEN
                self.reader.skipped[Fate.CHOSEN.value] += 1
                continue
            self.count += 1
            self.problems.extend(item.problems)
            _account(account, item, stored=row is not None)
            if row is not None:
                if item.continued:
                    self.continued.add(len(self.rows))
                if builder.per_person:
                    self.persons.add(len(self.rows))
                self.rows.append(row)
                self.sources.append((account, index))
        account.rows.update((at, Fate(kind.value)) for at, kind in self.reader.fates.items())
        account.columns.update(_without_meaning(header))

    def file(self) -> OwnerFile:
        """All that was found."""
        settled: Settled = settle(self.rows, self.continued, self.persons)
        self.problems.extend(settled.problems)
        headers = [account.header for account, _ in self.sources]
        clashing = clashes(self.rows, headers, settled.out)
        self.problems.extend(same_rooms(self.rows[position]) for position in clashing)
        keys = {self.rows[position].key for position in clashing}
        good = [row for row in settled.good if row.key not in keys]
        for position in (*settled.out, *clashing):
            account, index = self.sources[position]
            account.stored.discard(index)
            account.rows[index] = Fate.REPORTED
        order = {sheet.name: place for place, sheet in enumerate(self.workbook.sheets)}
        self.problems.sort(key=lambda found: (order[found.sheet], found.row))
        skipped: Counter[str] = Counter(self.reader.skipped)
        return OwnerFile(
            rows=tuple(good),
            count=self.count,
            problems=tuple(self.problems),
            skipped=dict(skipped),
            headers=tuple(header for _, _, header in self.lists),
            left_out=tuple(
                sheet.made.shown.name
                for sheet in self.sheets
                if not sheet.found.lists and len(sheet.made.shown.rows)
            ),
            hidden=self.workbook.hidden,
            questions=tuple(self.asker.questions),
            accounting=Accounting(tuple(map(self._accounted, self.sheets))),
        )

    def _accounted(self, sheet: _Sheet) -> SheetAccount:
        made, found = sheet.made, sheet.found
        if made.shown.name in self.answers.sheets_left_out:
            return SheetAccount(made.shown, whole=Fate.CHOSEN)
        if not found.lists and not found.reported:
            return SheetAccount(made.shown, whole=Fate.SHEET)
        return SheetAccount(
            made.shown,
            tuple(sheet.accounts),
            None,
            made.rows,
            made.columns,
            tuple(found.reported),
        )


def _account(account: ListAccount, row: ParsedRow, *, stored: bool) -> None:
    """Take down what became of a row of the list and of the cells that are in doubt."""
    index = row.number - 1
    if not stored:
        account.rows[index] = Fate.REPORTED
        return
    account.stored.add(index)
    for problem in row.problems:
        if problem.index is not None:
            account.cells[index, problem.index] = Fate.REPORTED
    account.cells.update(((index, at), Fate.REPORTED) for at in row.with_problem)


def _without_meaning(header: Header) -> Iterator[tuple[int, Fate]]:
    """The columns of people whom the list does not name."""
    fields = set(header.fields.values())
    for index, name in header.fields.items():
        of_owner = name in ("owner_phones", "id_numbers", "share", "address", "email")
        of_tenant = name in ("tenant_phones", "lease_start", "lease_end")
        if (of_owner and "owner_names" not in fields) or (
            of_tenant and "tenant_name" not in fields
        ):
            yield index, Fate.REPORTED


def _other(sheet: _Sheet) -> CellFault:
    name = sheet.made.shown.name
    params = {"sheet": name, "columns": "、".join(sheet.found.refusal)}
    return CellFault(name, 1, "", "", "OTHER_LIST", Severity.WARNING, _OTHER_LIST, params)


def _absent(sheet: SheetData, header: Header, layout: Layout) -> Iterator[CellFault]:
    """One warning for a sheet that lacks the column of areas or of owners altogether."""
    fields = set(header.fields.values())
    for name, code, message in (
        ("gross_area", "AREA_MISSING", _NO_AREAS),
        ("owner_names", "NAME_MISSING", _NO_OWNERS),
    ):
        room = header.index_of("room")
        of_spaces = room is not None and area_of(header.labels[room]) is not None
        if name not in fields and not (of_spaces and name == "gross_area"):
            label = layout.column(name).synonyms[0]
            yield CellFault(sheet.name, header.last + 1, label, "", code, Severity.WARNING, message)
    for index, _ in _without_meaning(header):
        title = header.title(index)
        yield CellFault(
            sheet.name,
            header.last + 1,
            title,
            "",
            "OF_NOBODY",
            Severity.WARNING,
            _OF_NOBODY,
            {"column": title},
            index,
        )
