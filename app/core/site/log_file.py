"""The log in instance/logs: what the program has to say, and every error with its number."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

NAME = "anju"
SIZE = 5 * 1024 * 1024
KEPT = 5


def install(app: Flask) -> None:
    """Write the logger `anju` to the instance of `app`; a former instance's file is closed."""
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.INFO)
    for handler in [one for one in logger.handlers if isinstance(one, RotatingFileHandler)]:
        logger.removeHandler(handler)
        handler.close()
    folder = Path(app.config["INSTANCE"]) / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = RotatingFileHandler(
        folder / "anju.log", maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
