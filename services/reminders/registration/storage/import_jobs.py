"""Files that are imported, and what became of each line."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.privacy import ImportJob, ImportKind, RowFault, StartImport
from services.reminders.core.importing import ImportedRow, Outcome
from services.reminders.core.key import Key
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    import_job,
    import_row,
)


class ImportJobRepository(Repository):
    def start(self, command: StartImport) -> ImportJob:
        """Find the job of a file, or start one."""
        scope = command.scope
        is_file = import_job.c.file_index.in_(
            self._vault.indexes(command.digest, context=contexts.IMPORT_FILE)
        )
        same = sa.select(import_job.c.id).where(
            import_job.c.clinic_id == scope.clinic_id,
            import_job.c.mode == scope.mode,
            import_job.c.kind == command.kind,
            is_file,
        )
        number = self._connection.execute(same).scalar()
        if number is None:
            number = self._connection.execute(
                insert(import_job)
                .values(
                    clinic_id=scope.clinic_id,
                    mode=scope.mode,
                    kind=command.kind,
                    file_index=self._vault.index(command.digest, context=contexts.IMPORT_FILE),
                    actor=scope.actor,
                    started_at=product_now,
                )
                .returning(import_job.c.id)
            ).scalar_one()
        return self._job(Key.within(scope, number))

    def lock(self, key: Key, kind: ImportKind) -> bool:
        """Keep others from importing into a job. Returns False if there is no such job."""
        locked = self._connection.execute(
            sa.select(import_job.c.id)
            .where(
                import_job.c.clinic_id == key.clinic_id,
                import_job.c.mode == key.mode,
                import_job.c.id == key.id,
                import_job.c.kind == kind,
            )
            .with_for_update(key_share=True)
        )
        return locked.first() is not None

    def outcomes(self, key: Key, lines: Collection[int]) -> Mapping[int, Outcome]:
        """Find what became of lines that were imported before."""
        rows = self._connection.execute(
            sa.select(import_row.c.line, import_row.c.outcome).where(
                *_of(key), import_row.c.line.in_(lines)
            )
        )
        return {row.line: row.outcome for row in rows}

    def record(self, key: Key, imported: Sequence[ImportedRow]) -> None:
        rows = [
            {
                "clinic_id": key.clinic_id,
                "job_id": key.id,
                "line": row.line,
                "outcome": row.outcome,
                "field": row.fault.column if row.fault else None,
                "reason": row.fault.reason if row.fault else None,
            }
            for row in imported
        ]
        if rows:
            self._connection.execute(sa.insert(import_row).values(at=product_now), rows)

    def faults(self, key: Key, after: int, limit: int) -> list[RowFault]:
        is_its_mode = (
            sa.exists()
            .where(
                import_job.c.clinic_id == import_row.c.clinic_id,
                import_job.c.id == import_row.c.job_id,
                import_job.c.mode == key.mode,
            )
            .correlate(import_row)
        )
        rows = self._connection.execute(
            sa.select(import_row)
            .where(
                *_of(key),
                import_row.c.outcome == Outcome.REFUSED,
                import_row.c.line > after,
                is_its_mode,
            )
            .order_by(import_row.c.line)
            .limit(limit)
        )
        return [RowFault(line=row.line, column=row.field, reason=row.reason or "") for row in rows]

    @contextmanager
    def dry_run(self) -> Iterator[None]:
        """Undo what the block wrote."""
        savepoint = self._connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    def _job(self, key: Key) -> ImportJob:
        counts = self._connection.execute(
            sa.select(
                sa.func.coalesce(sa.func.max(import_row.c.line), 0).label("done_through"),
                *(
                    sa.func.count()
                    .filter(import_row.c.outcome == outcome)
                    .label(outcome.value.lower())
                    for outcome in Outcome
                ),
            ).where(*_of(key))
        )
        return ImportJob(id=key.id, **counts.mappings().one())


def _of(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return import_row.c.clinic_id == key.clinic_id, import_row.c.job_id == key.id
