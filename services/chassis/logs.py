"""Logs without personal data: only listed keys, and only safe values."""

import logging
import re
import sys
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

Logger = structlog.stdlib.BoundLogger

_KEYS = frozenset(
    {
        "attempt",
        "attempts",
        "channel",
        "clinic",
        "code",
        "count",
        "duration_ms",
        "enrollment",
        "error",
        "event",
        "field",
        "kind",
        "level",
        "lane",
        "limit",
        "mode",
        "name",
        "operation",
        "outbound",
        "owner",
        "path",
        "pid",
        "port",
        "process",
        "provider",
        "queue",
        "reason",
        "release",
        "request",
        "retry_after",
        "role",
        "schema",
        "state",
        "status",
        "step",
        "stream",
        "timestamp",
        "trace",
        "version",
        "worker",
    }
)
_TOKEN = re.compile(r"^[\w.,:;/()\[\]{}<>=*+-]{0,200}$")
_CONTACT = re.compile(r"\+?\d{7,}|@")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
_EDITION = re.compile(r"\d{8}T\d{6}(\.\d+)?Z(-[0-9a-f]+)?")  # when it was made, and a hash
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:\d\d)?")


def configure(process: str, *, is_development: bool) -> None:
    """Log to stderr: readable lines in development, JSON elsewhere."""
    render = (
        structlog.dev.ConsoleRenderer(colors=False)
        if is_development
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            keep_what_is_safe,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def get_logger(name: str) -> Logger:
    """Return a logger for a module. It is configured with the process, not at import."""
    logger: Logger = structlog.get_logger(name)
    return logger


def keep_what_is_safe(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop keys that are not listed, and hide values that could be personal."""
    return {key: _safe(entry[key]) for key in entry if key in _KEYS}


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if any(form.fullmatch(text) for form in (_UUID, _TIME, _EDITION)):
        return text
    return text if _TOKEN.match(text) and not _CONTACT.search(text) else "(hidden)"


def _trace(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Format the origin of an exception as files and lines, because its text could be personal."""
    fault = entry.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()[1]
    if isinstance(fault, BaseException):
        entry["error"] = type(fault).__name__
        entry["trace"] = _places(fault.__traceback__)
    return entry


def _places(traceback: TracebackType | None) -> str:
    places: list[str] = []
    while traceback:
        code = traceback.tb_frame.f_code
        module = code.co_filename.rpartition("/")[2]
        places.append(f"{module}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return ">".join(places[-8:])
