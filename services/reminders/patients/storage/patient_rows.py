"""The statements that read patients with what belongs to them; each is compiled once."""

from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from services.reminders.database.precompiled import Precompiled, named, parameter, table_of
from services.reminders.database.tables import clinic, consent, contact_point, patient, suppression

Row = Any  # of one of these statements, with its columns by their names
OWNER: Final = ("clinic_id", "patient_id")
ADDRESS: Final = ("clinic_id", "address_index")


def _fixed(statement: sa.Select[*tuple[Any, ...]]) -> Precompiled[Row]:
    return Precompiled(statement, named(statement))


@cache
def locking() -> Precompiled[int]:
    return Precompiled(
        sa.select(patient.c.id)
        .where(
            patient.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            patient.c.mode == parameter("mode", sa.Text),
            patient.c.id == parameter("id", sa.BigInteger),
            patient.c.erased_at.is_(None),
        )
        .with_for_update(key_share=True),
        int,
    )


@cache
def patients() -> Precompiled[Row]:
    want = table_of("want", "clinic_id", "mode", "id")
    is_it = (
        (patient.c.clinic_id == want.c.clinic_id)
        & (patient.c.id == want.c.id)
        & (patient.c.mode == want.c.mode)
    )
    its_clinic = (column.label(f"its_clinic_{column.name}") for column in clinic.c)
    return _fixed(
        sa.select(patient, *its_clinic).select_from(
            want.join(patient, is_it).join(clinic, clinic.c.id == patient.c.clinic_id)
        )
    )


@cache
def contact_points() -> Precompiled[Row]:
    want = table_of("want", *OWNER)
    return _fixed(
        sa.select(contact_point, patient.c.mode)
        .select_from(
            want.join(contact_point, _is_its(contact_point, want)).join(patient, _is_whose())
        )
        .where(contact_point.c.replaced_at.is_(None))
        .order_by(contact_point.c.id)
    )


@cache
def ledger() -> Precompiled[Row]:
    want = table_of("want", *OWNER)
    return _fixed(
        sa.select(consent)
        .select_from(want.join(consent, _is_its(consent, want)))
        .order_by(consent.c.id.desc())
    )


@cache
def shared() -> Precompiled[Row]:
    addresses = table_of("known", *ADDRESS)
    columns = (contact_point.c.clinic_id, patient.c.mode, contact_point.c.address_index)
    return _fixed(
        sa.select(*columns, sa.func.count().label("patients"))
        .select_from(
            addresses.join(contact_point, _has_address(contact_point, addresses)).join(
                patient, _is_whose()
            )
        )
        .where(contact_point.c.replaced_at.is_(None))
        .group_by(*columns)
    )


@cache
def suppressing() -> Precompiled[Row]:
    addresses = table_of("known", *ADDRESS)
    return _fixed(
        sa.select(suppression)
        .select_from(addresses.join(suppression, _has_address(suppression, addresses)))
        .where(suppression.c.lifted_at.is_(None))
    )


def _is_its(table: sa.Table, want: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    return (table.c.clinic_id == want.c.clinic_id) & (table.c.patient_id == want.c.patient_id)


def _has_address(table: sa.Table, addresses: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    same_index = table.c.address_index == addresses.c.address_index
    return (table.c.clinic_id == addresses.c.clinic_id) & same_index


def _is_whose() -> sa.ColumnElement[bool]:
    same_clinic = patient.c.clinic_id == contact_point.c.clinic_id
    return same_clinic & (patient.c.id == contact_point.c.patient_id)
