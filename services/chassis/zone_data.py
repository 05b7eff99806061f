"""Which time zone data the product uses: that of the locked package `tzdata`, and no other."""

import zoneinfo

import tzdata


def use_locked_zones() -> None:
    """Make `zoneinfo` read the package only. Every process calls this before it reads a zone.

    By default `zoneinfo` prefers the files of the operating system, and follows PYTHONTZPATH. They
    may be years older than the package, so the same patient would have another local time on
    another machine.
    """
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


def zone_data_version() -> str:
    """The release of the tz database that the package holds, like 2026f."""
    return str(tzdata.IANA_VERSION)
