"""What a user can do wrong: one clear sentence, translated where it is shown."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the customary name of the gettext marker
    """Mark a source text for the catalogue in a module that must not import Flask."""
    return message


class DomainError(Exception):
    """A rule was broken by what the user asked for.

    `message` is the English source text, with ``%(name)s`` places that `params` fill; the
    screen, the command line and the job translate it (`core.i18n.sentences.sentence`). `code` is a
    stable word for programs, `field` the form field to mark. Nothing has been changed when
    it is raised: the caller rolls back.
    """

    code = "refused"

    def __init__(self, message: str, *, field: str | None = None, **params: object) -> None:
        self.message = message
        self.field = field
        self.params = params
        super().__init__(message % params if params else message)


class NotFound(DomainError):
    """What was asked for does not exist, or lies outside the user's communities."""

    code = "not_found"


class Stale(DomainError):
    """Somebody else changed the record since it was shown."""

    code = "stale"


class AlreadyDone(DomainError):
    """The same act was sent before (a form posted twice); nothing is done again."""

    code = "already_done"
