"""Types texts into a page and collects what is wrong with the answers."""

from __future__ import annotations

from app.core.db import one_time_keys
from tests.hostile.forms import kept
from tests.hostile.naughty import unfit
from tests.hostile.pages import faults


class Typist:
    """Sends texts to a page and collects what is wrong with the answers."""

    def __init__(self, session, client) -> None:
        self.session, self.client = session, client
        self.wrong: list[str] = []

    def send(self, where: str, data: dict, text: str, *, keeps: bool = True) -> bool:
        """True when it was taken; a refusal must keep the text on the page."""
        answer = self.client.post(where, data={"form_key": one_time_keys.fresh(), **data})
        self.wrong += [f"{where} {text!r}: {one}" for one in faults(answer)]
        taken = answer.status_code in {200, 302}
        if not taken and keeps and not kept(answer.get_data(as_text=True), text):
            self.wrong.append(f"{where} lost {text!r}")
        return taken

    def expect(self, stored, text: str) -> None:
        """What was taken is stored exactly, spaces at its ends aside."""
        if stored != text:
            self.wrong.append(f"stored {stored!r} for {text!r}")

    def look(self, *addresses: str) -> None:
        """Open the pages that show it all."""
        for where in addresses:
            answer = self.client.get(where)
            self.wrong += [f"{where}: {one}" for one in faults(answer)]
            if answer.status_code != 200:
                self.wrong.append(f"{where}: {answer.status_code}")
            answer.close()

    def done(self) -> None:
        assert "\n".join(self.wrong) == ""


def refusable(text: str, limit: int, least: int = 1) -> bool:
    plain = text.strip()
    return unfit(text) or len(plain) > limit or len(plain) < least
