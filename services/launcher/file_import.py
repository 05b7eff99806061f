"""Imports CSV files into the running service."""

import time
from collections.abc import Iterator
from heapq import merge
from itertools import takewhile
from operator import attrgetter
from typing import Final

import click
import msgspec

from services.chassis.ask import ThreadedAskClient
from services.contracts.privacy import (
    LARGEST_BATCH,
    ImportJob,
    ImportKind,
    ImportRows,
    ListImportFaults,
    Row,
    RowFault,
    StartImport,
)
from services.contracts.reminders import Scope
from services.launcher.connection import accepted
from services.launcher.csv_file import CsvFile

_SAY_EVERY_SECONDS: Final = 2.0
_FAULTS_AT_ONCE: Final = 1000


class Tally(msgspec.Struct):
    added: int = 0
    already_there: int = 0
    refused: int = 0

    @property
    def seen(self) -> int:
        return self.added + self.already_there + self.refused


def import_file(
    client: ThreadedAskClient, scope: Scope, kind: ImportKind, file: CsvFile, *, is_rehearsal: bool
) -> Tally:
    """Import a file. Prints refused rows on stdout and progress on stderr.

    If it is interrupted, the same command continues where it stopped.
    """
    start = StartImport(
        scope=scope,
        kind=kind,
        digest=file.digest,
        columns=file.columns,
        is_rehearsal=is_rehearsal,
    )
    job = accepted(client.ask(start))
    tally = Tally(added=job.added, already_there=job.known)
    _print_earlier(client, scope, job, file, tally)
    progress = _Progress(file.count(), tally)
    for batch in _batches(file, job.done_through):
        faults = [row for row in batch if isinstance(row, RowFault)]
        rows = tuple(row for row in batch if isinstance(row, Row))
        if rows:
            command = ImportRows(scope=scope, kind=kind, job_id=job.id, rows=rows)
            reply = accepted(client.ask(command))
            tally.added += reply.added
            tally.already_there += reply.known
            faults += reply.faults
        for fault in sorted(faults, key=attrgetter("line")):
            _print_fault(fault, tally)
        progress.say()
    progress.say(is_last=True)
    return tally


def _print_earlier(
    client: ThreadedAskClient, scope: Scope, job: ImportJob, file: CsvFile, tally: Tally
) -> None:
    """Print again the rows that an earlier run of the same file refused."""
    if job.id is None or job.done_through == 0:
        return
    click.echo(f"This file was begun before: going on after line {job.done_through}.", err=True)
    no_rows = (row for row in file.rows() if isinstance(row, RowFault))
    earlier = takewhile(lambda fault: fault.line <= job.done_through, no_rows)
    for fault in merge(earlier, _refused_earlier(client, scope, job.id), key=attrgetter("line")):
        _print_fault(fault, tally)


def _refused_earlier(client: ThreadedAskClient, scope: Scope, job_id: int) -> Iterator[RowFault]:
    after = 0
    while True:
        question = ListImportFaults(scope=scope, job_id=job_id, after=after, limit=_FAULTS_AT_ONCE)
        faults = client.ask(question)
        yield from faults
        if len(faults) < _FAULTS_AT_ONCE:
            return
        after = faults[-1].line


def _batches(file: CsvFile, done_through: int) -> Iterator[list[Row | RowFault]]:
    """Yield the lines after `done_through` in batches, with those that are not valid rows."""
    batch: list[Row | RowFault] = []
    for row in file.rows():
        if row.line > done_through:
            batch.append(row)
        if len(batch) == LARGEST_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _print_fault(fault: RowFault, tally: Tally) -> None:
    tally.refused += 1
    where = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
    click.echo(f"{where}: {fault.reason}")


class _Progress:
    def __init__(self, total: int, tally: Tally) -> None:
        self._total = total
        self._tally = tally
        self._before = tally.seen
        self._started = self._last_shown = time.monotonic()

    def say(self, *, is_last: bool = False) -> None:
        now = time.monotonic()
        if not is_last and now < self._last_shown + _SAY_EVERY_SECONDS:
            return
        self._last_shown = now
        rate = (self._tally.seen - self._before) / max(now - self._started, 0.001)
        click.echo(f"{self._tally.seen:,} of {self._total:,} rows, {rate:,.0f}/s", err=True)
