"""The views of the registers: one screen for each file, made when the house starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.menu import Entry
from app.core.select import Lookup
from app.duty import facts
from app.registers import catalogue, checks, kinds, loading, overdue
from app.registers.admin import RegistersPage
from app.registers.definition import Kind
from app.registers.screen_columns import columns_of
from app.registers.screens import RegisterScreen
from app.registers.step_routes import STEPS
from app.registers.words import lazy
from app.roles import Verb

if TYPE_CHECKING:
    from app.registers.loading import Source

TABS = {Kind.CUSTOMER: "customers"}

facts.FURTHER.append(overdue.of_day)

# The tables of the shipped registers belong to the metadata like every other; whatever is
# wrong with a file is said when the house starts.
catalogue.build(loading.load(None, checks.CHECKS)[0])


def own_folder(instance: str) -> Path | None:
    """Where the office keeps its own register files."""
    folder = Path(instance) / "registers"
    return folder if folder.is_dir() else None


def screens(instance: str) -> tuple[type, ...]:
    """The views of every register and the administrator's page.

    :raises BadRegisters: naming every fault of every file.
    """
    sources = catalogue.read(own_folder(instance), checks.CHECKS)
    models = catalogue.build(sources)
    made = [screen_of(source, models[name]) for name, source in sources.items()]
    page = type("RegistersPage", (RegistersPage,), {"sources": sources})
    return (*made, page)


def screen_of(source: Source, model: Any) -> type[RegisterScreen]:
    """The screen of one register, as its file says."""
    definition, head = source.definition, source.definition.head
    title = lazy(head.title)
    module = catalogue.beside(source)
    lookup = Lookup(
        kinds.table_name(source.name), model, (_searched(definition),), order="id",
    )  # fmt: skip
    pointed = {TABS[one.kind] for one in definition.fields if one.kind in TABS}
    return type(
        "".join(part.title() for part in source.name.split("_")) + "Register",
        (RegisterScreen,),
        {
            "__doc__": head.title.zh, "definition": definition, "model": model,
            "screen": kinds.table_name(source.name), "route_base": f"/registers/{source.name}",
            "title": title, "one": lazy(head.one or head.title),
            "hint": lazy(head.hint) if head.hint else "",
            "menu": Entry(head.menu, head.position, title, icon=head.icon),
            "columns": tuple(columns_of(definition)), "order": head.order,
            "lookups": (lookup,), "tab_of": tuple(sorted(pointed)),
            "checks": {**checks.CHECKS, **getattr(module, "CHECKS", {})},
            "calls": {one.call: getattr(module, one.call) for one in definition.actions
                      if one.call},
            "exclude_route_methods": _closed(source),
        },
    )  # fmt: skip


def _searched(definition: Any) -> str:
    """The column by which other records find a row of this register."""
    texts = [one.name for one in definition.of_kind(Kind.TEXT, Kind.PLATE)]
    return "number" if definition.head.number else texts[0] if texts else "id"


def _closed(source: Source) -> set[str]:
    """The routes that a register has no use for, or that nobody could take."""
    definition = source.definition
    granted = {verb for verbs in catalogue.rights_of(definition).values() for verb in verbs}
    used = {Verb(one.right) for one in definition.actions}
    closed = {"download", "action", "action_post"}
    closed |= {route for verb, route in STEPS.items() if verb not in used & granted}
    closed |= set() if Verb.IMPORT in granted else {"import_", "preview", "template", "undo_import"}
    closed |= set() if definition.slip and Verb.PRINT in granted else {"slip"}
    closed |= set() if definition.of_kind(Kind.ATTACHMENT) else {"attach", "file", "detach"}
    closed |= set() if any(one.warn for one in definition.fields) else {"warnings"}
    return closed
