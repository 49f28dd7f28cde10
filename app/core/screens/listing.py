"""From a question to rows: scope, words, filters, order and a capped count in a few queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    String,
    and_,
    false,
    func,
    inspect,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.core.columns.column import FieldKind
from app.core.columns.lookups import matching, of_model, plain
from app.core.db.extensions import db
from app.core.records import queries as records
from app.core.screens.list_query import DEEPEST, Ask, Filter

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from app.core.screens.declaration import ScreenBase

CAP = DEEPEST
FEW = 300
"""Up to so many keys of related records are listed in the query itself."""
LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of records; `count` is exact up to CAP, `more` says that there are more."""

    records: list[Any]
    count: int
    more: bool
    ask: Ask

    @property
    def last_page(self) -> int:
        return max(1, min(-(-self.count // self.ask.size), DEEPEST // self.ask.size))

    @property
    def shown(self) -> str:
        return f"{self.count:,}+" if self.more else f"{self.count:,}"


def starts(column: Any, text: str) -> ColumnElement[bool]:
    """The column begins with `text`; on SQLite in the form that can use an index."""
    if db.engine.dialect.name == "sqlite":
        return and_(column >= text, column < text + LAST_SIGN)
    return column.startswith(text, autoescape=True)


def text_matches(column: Any, text: str, how: bool | str) -> ColumnElement[bool]:
    """The column holds what was typed: anywhere, at its start, or as the whole."""
    if how == "exact":
        return column == text
    if how == "prefix":
        return starts(column, text)
    return contains(column, text)


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """The column holds the text somewhere; capitals and small letters of English are the same.

    SQLite's LIKE ignores the case of these by itself: lower() on each row would double the time.
    """
    if db.engine.dialect.name == "sqlite":
        return column.contains(text, autoescape=True)
    return column.icontains(text, autoescape=True)


def related_keys(
    session: Session, screen: ScreenBase, words: list[str]
) -> dict[tuple[int, str], tuple[Any, list[Any]]]:
    """For each word and searched relation: its condition on keys, and the few keys found.

    They are looked up first and in one query: an index on the foreign key then finds the
    rows, however large the table is, and a relation without any match costs nothing.
    """
    asked: dict[tuple[int, str], Any] = {}
    for column in screen.columns:
        if not column.search or column.kind is not FieldKind.RELATION:
            continue
        lookup = of_model(records.related_model(screen.model, column.name))
        if lookup is None:
            continue
        for place, word in enumerate(words):
            key = records.key_attribute(lookup.model)
            asked[place, column.name] = select(key.label("key")).where(
                records.inside(lookup.model), matching(lookup, word)
            )
    if not asked:
        return {}
    parts = [
        select(literal(number), query.limit(FEW + 1).subquery().c.key)
        for number, query in enumerate(asked.values())
    ]
    found: list[list[Any]] = [[] for _ in parts]
    for number, key in session.execute(union_all(*parts)):
        found[number].append(key)
    return {name: (query, keys) for (name, query), keys in zip(asked.items(), found, strict=True)}


def search(session: Session, screen: ScreenBase, text: str) -> ColumnElement[bool] | None:
    """The condition of the search box: every typed word is found in one of the columns."""
    words = plain(text).split()[:4]
    keys = related_keys(session, screen, words)
    conditions = []
    for place, word in enumerate(words):
        found: list[Any] = [*screen.also(word)]
        for column in screen.columns:
            if not column.search:
                continue
            if column.kind is not FieldKind.RELATION:
                attribute = getattr(screen.model, column.name)
                found.append(text_matches(attribute, word, column.search))
            elif (place, column.name) in keys:
                query, few = keys[place, column.name]
                if few:
                    attribute = records.foreign_key(screen.model, column.name)
                    found.append(attribute.in_(few if len(few) <= FEW else query))
        conditions.append(or_(*found) if found else false())
    return and_(*conditions) if conditions else None


def narrow(screen: ScreenBase, chosen: Filter) -> ColumnElement[bool]:  # noqa: PLR0911 - one per word
    """The condition of one filter."""
    column, value = chosen.column, chosen.value
    relation = column.kind is FieldKind.RELATION
    attribute = (
        records.foreign_key(screen.model, column.name)
        if relation
        else column.expression()
        if column.expression
        else getattr(screen.model, column.name)
    )
    if relation and value is not None and not records.fits(attribute, value):
        return false()
    if chosen.operator in {"empty", "filled"}:
        empty = attribute.is_(None)
        if isinstance(attribute.type, String):
            empty = or_(empty, attribute == "")
        return not_(empty) if chosen.operator == "filled" else empty
    if chosen.operator == "has":
        return contains(attribute, value)
    if chosen.operator == "starts":
        return starts(attribute, value)
    if chosen.operator == "not":
        return or_(attribute != value, attribute.is_(None))
    if chosen.operator == "from":
        return attribute >= value
    if chosen.operator == "to":
        if column.kind is FieldKind.MOMENT:
            return attribute < value + timedelta(minutes=1)
        return attribute <= value
    return attribute == value


def conditions(session: Session, screen: ScreenBase, ask: Ask) -> list[Any]:
    """What the rows of a list must fulfil: the scope, the screen's own rule, the question."""
    found = [records.inside(screen.model), *screen.only()]
    found += [narrow(screen, chosen) for chosen in ask.filters]
    if ask.q and (condition := search(session, screen, ask.q)) is not None:
        found.append(condition)
    return found


def ordered(screen: ScreenBase, statement: Any, ask: Ask) -> Any:
    """Sort by the asked column (or the screen's order), the key breaking ties."""
    model, key = screen.model, records.key_attribute(screen.model)
    if not ask.sort:
        places = [part.desc() if down else part for part, down in screen.own_order()]
        return statement.order_by(*places)
    name, down = ask.sort.removeprefix("-"), ask.sort.startswith("-")
    if name in inspect(model).relationships:
        lookup = of_model(records.related_model(model, name))
        other = aliased(records.related_model(model, name))  # it may be the model itself
        place = getattr(other, (lookup.order or lookup.search[0]) if lookup else "id")
        statement = statement.outerjoin(getattr(model, name).of_type(other))
    else:
        place = screen.place_of(name)
    return statement.order_by(place.desc() if down else place, key.desc() if down else key)


def count(session: Session, screen: ScreenBase, where: list[Any], cap: int = CAP) -> int:
    """How many keys fulfil the conditions, counted no further than `cap` + 1."""
    keys = select(records.key_attribute(screen.model)).where(*where).limit(cap + 1)
    return session.scalar(select(func.count()).select_from(keys.subquery())) or 0


def page(session: Session, screen: ScreenBase, ask: Ask, extra: tuple[Any, ...] = ()) -> ListPage:
    """The asked page; a page beyond the end becomes the last one."""
    where = [*conditions(session, screen, ask), *extra]
    found = fetch(session, screen, ask, where)
    if ask.page == 1 and len(found) <= ask.size:
        return ListPage(found, len(found), False, ask)
    total = count(session, screen, where)
    rows = ListPage(found[: ask.size], min(total, CAP), total > CAP, ask)
    if not found and ask.page > 1:
        ask = replace(ask, page=rows.last_page)
        rows = replace(rows, ask=ask, records=fetch(session, screen, ask, where)[: ask.size])
    return rows


def fetch(session: Session, screen: ScreenBase, ask: Ask, where: list[Any]) -> list[Any]:
    """One record more than the page shows, with the relations of the list loaded."""
    statement = ordered(screen, select(screen.model).where(*where), ask)
    statement = statement.options(*records.loading(screen.model, screen.list_paths()))
    statement = statement.offset((ask.page - 1) * ask.size).limit(ask.size + 1)
    return list(session.scalars(statement))


def everything(session: Session, screen: ScreenBase, ask: Ask, batch: int = 1000) -> Any:
    """Every record of the filtered list in its order, a batch at a time (for the export)."""
    statement = ordered(screen, select(screen.model).where(*conditions(session, screen, ask)), ask)
    paths = screen.export_paths()
    statement = statement.options(*records.loading(screen.model, paths))
    for part in session.scalars(statement.execution_options(yield_per=batch)).partitions():
        yield from part
        for record in part:
            session.expunge(record)
