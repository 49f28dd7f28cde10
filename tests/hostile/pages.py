"""Looks at answers as an attacker would: is there markup in them that no template of ours wrote?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_NAMES = (
    "html head meta title link script body header nav main aside footer section article div span"
    " p a b strong em i small h1 h2 h3 h4 h5 ul ol li dl dt dd table caption colgroup col thead"
    " tbody tfoot tr th td form input select option optgroup textarea button label fieldset legend"
    " img br hr svg g path rect line circle polyline polygon text tspan desc details summary time"
    " code pre kbd abbr noscript progress datalist output template style dialog sup sub u"
    " !doctype"
)
TAGS = frozenset(_NAMES.split())
"""Every element that our templates may write; a strange string that becomes one is found."""

ELEMENT = re.compile(r"<([!/?]?[a-zA-Z][^\s/>]*)((?:[^>\"]|\"[^\"]*\")*)>")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
BLOCK = re.compile(r"(<script\b[^>]*>)(.*?)</script>", re.DOTALL)
QUOTED = re.compile(r"\"[^\"]*\"")
ADDRESS = re.compile(r"\b(?:href|src|action|formaction)=\"\s*([a-zA-Z]+)\s*:", re.IGNORECASE)
HANDLER = re.compile(r"[\s/]on[a-z]+\s*=", re.IGNORECASE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CRASHED = "错误编号"


def markup_faults(answer) -> list[str]:
    """What is wrong with the markup of an answer: foreign elements, handlers, scripts."""
    if answer.mimetype != "text/html":
        return []
    faults = []
    policy = answer.headers.get("Content-Security-Policy", "")
    if "script-src 'self' 'nonce-" not in policy:
        faults.append("no Content-Security-Policy")
    page = answer.get_data(as_text=True)
    nonce = re.search(r"'nonce-([^']+)'", policy)
    for opening, content in BLOCK.findall(page):
        ours = f'nonce="{nonce[1]}"' in opening if nonce else False
        data = 'type="application/json"' in opening
        if not ours and not data and not ('src="/static/' in opening and not content.strip()):
            faults.append(f"a script that is not ours: {opening[:80]}")
        if "<!--" in content:
            faults.append("a comment opens inside a script")
    rest = COMMENT.sub("", BLOCK.sub("", page))
    for name, attributes in ELEMENT.findall(rest):
        if name.lstrip("/").lower() not in TAGS:
            faults.append(f"a strange element: <{name}")
        if HANDLER.search(QUOTED.sub('""', attributes)):
            faults.append(f"a handler in <{name}{attributes[:80]}")
        if any(s.lower() not in {"http", "https", "tel"} for s in ADDRESS.findall(attributes)):
            faults.append(f"an address that acts: <{name}{attributes[:80]}")
    return faults


def faults(answer) -> list[str]:
    """Everything that no answer of ours may be: a crash, foreign markup, an English refusal."""
    found = markup_faults(answer)
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    if answer.status_code in {400, 403, 404, 409, 413, 422} and answer.mimetype in {
        "text/html",
        "application/json",
    }:
        body = answer.get_data(as_text=True)
        if answer.mimetype == "application/json":
            body = str(answer.get_json())
        if not CHINESE.search(body):
            found.append(f"a refusal ({answer.status_code}) without a Chinese sentence")
    return found


@dataclass(slots=True)
class Field:
    """One field of a form as it would be sent: `kind` is the type of the input."""

    name: str
    value: str
    kind: str

    @property
    def typed(self) -> bool:
        """Can somebody type anything into it?"""
        return self.kind in {"text", "search", "tel", "email", "password", "textarea"}


@dataclass(slots=True)
class HtmlForm:
    """A form of a page: where and how it is sent, and with what."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def data(self) -> dict[str, list[str]]:
        """What a browser would send."""
        found: dict[str, list[str]] = {}
        for one in self.fields:
            found.setdefault(one.name, []).append(one.value)
        return found


class _Reader(HTMLParser):
    """Collects forms; fields that name another form by `form="id"` are not used by our pages."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms: list[HtmlForm] = []
        self.open: HtmlForm | None = None
        self.area: Field | None = None
        self.choice: Field | None = None
        self.by_id: dict[str, HtmlForm] = {}

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = HtmlForm(
                given.get("action") or self.address, given.get("method", "get").upper()
            )
            self.forms.append(self.open)
            self.by_id[given.get("id", "")] = self.open
            return
        form = self.by_id.get(given["form"]) if "form" in given else self.open
        name = given.get("name")
        if form is None or not name or "disabled" in given:
            return
        if tag == "input":
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            if kind != "file":
                form.fields.append(Field(name, given.get("value", ""), kind))
        elif tag == "textarea":
            self.area = Field(name, "", "textarea")
            form.fields.append(self.area)
        elif tag == "select":
            self.choice = Field(name, "", "select")
            form.fields.append(self.choice)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "textarea":
            if self.area is not None:
                self.area.value = self.area.value.removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.choice = None


OPTION = re.compile(r"<select\b[^>]*\bname=\"([^\"]+)\"[^>]*>(.*?)</select>", re.DOTALL)
CHOSEN = re.compile(r"<option\b([^>]*)>")
VALUE = re.compile(r"\bvalue=\"([^\"]*)\"")


def _choices(page: str) -> dict[str, str]:
    """What each drop-down has chosen: the selected option, else its first."""
    found = {}
    for name, inside in OPTION.findall(page):
        options = CHOSEN.findall(inside)
        chosen = next((one for one in options if "selected" in one), options[0] if options else "")
        value = VALUE.search(chosen)
        found[name] = unescape(value[1]) if value else ""
    return found


def forms(page: str, address: str) -> list[HtmlForm]:
    """Every form of a page."""
    reader = _Reader(address)
    reader.feed(page)
    choices = _choices(page)
    for form in reader.forms:
        for one in form.fields:
            if one.kind == "select":
                one.value = choices.get(one.name, "")
    return reader.forms
