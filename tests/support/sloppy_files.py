"""Files of patients as spreadsheets, exports and people make them, with the rows that they hold."""

from typing import Final, NamedTuple

PHONE: Final = "+351912345678"
OTHER: Final = "+351912345679"


class SloppyFile(NamedTuple):
    """`rows` are the references and names by line; None where the row must be refused."""

    content: bytes
    rows: dict[int, tuple[str, str] | None]


_ANA: Final = ("P-1", "Ana")
_BOTH: Final[dict[int, tuple[str, str] | None]] = {2: _ANA, 3: ("P-2", "Bo")}
_JOSE: Final[dict[int, tuple[str, str] | None]] = {2: ("P-1", "José"), 3: ("P-2", "Bo")}
_PLAIN: Final = f"reference,name,phone\nP-1,Ana,{PHONE}\nP-2,Bo,{OTHER}\n"
_ACCENT: Final = _PLAIN.replace("Ana", "José")


def _rows(header: str, *rows: str, end: str = "\n") -> bytes:
    return end.join((header, *rows, "")).encode()


SLOPPY_FILES: Final = {
    # ------------------------------------------------------------ separators
    "semicolons": SloppyFile(_PLAIN.replace(",", ";").encode(), _BOTH),
    "quoted semicolons": SloppyFile(
        _rows('"reference";"name";"phone"', f'"P-1";"Ana";"{PHONE}"', f'"P-2";"Bo";"{OTHER}"'),
        _BOTH,
    ),
    "tabs": SloppyFile(_PLAIN.replace(",", "\t").encode(), _BOTH),
    "bars": SloppyFile(_PLAIN.replace(",", "|").encode(), _BOTH),
    "a separator line": SloppyFile(
        b"sep=;\r\n" + _PLAIN.replace(",", ";").encode(), {3: _ANA, 4: ("P-2", "Bo")}
    ),
    "a separator line after a mark": SloppyFile(
        b"\xef\xbb\xbfsep=,\n" + _PLAIN.encode(), {3: _ANA, 4: ("P-2", "Bo")}
    ),
    "semicolons with commas in cells": SloppyFile(
        _rows("reference;name;phone", f"P-1;Silva, Ana;{PHONE}"), {2: ("P-1", "Silva, Ana")}
    ),
    "lines that were quoted whole": SloppyFile(
        _rows("reference;name;phone", f'"P-1;Silva, Ana;{PHONE}"', f"P-2;Bo;{OTHER}"),
        {2: ("P-1", "Silva, Ana"), 3: ("P-2", "Bo")},
    ),
    "every line quoted whole": SloppyFile(
        _rows('"reference,name,phone"', f'"P-1,Ana,{PHONE}"', f'"P-2,Bo,{OTHER}"'), _BOTH
    ),
    # ------------------------------------------------------------ encodings
    "UTF-8 with a mark": SloppyFile(_ACCENT.encode("utf-8-sig"), _JOSE),
    "UTF-16 with a mark": SloppyFile(_ACCENT.encode("utf-16"), _JOSE),
    "UTF-16 of big end with a mark": SloppyFile(b"\xfe\xff" + _ACCENT.encode("utf-16-be"), _JOSE),
    "UTF-16 without a mark": SloppyFile(_ACCENT.encode("utf-16-le"), _JOSE),
    "UTF-16 of big end without a mark": SloppyFile(_ACCENT.encode("utf-16-be"), _JOSE),
    "UTF-16 with tabs, as Excel's Unicode text": SloppyFile(
        _ACCENT.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"), _JOSE
    ),
    "UTF-32": SloppyFile(_ACCENT.encode("utf-32"), _JOSE),
    "Windows-1252": SloppyFile(_ACCENT.encode("cp1252"), _JOSE),
    "Windows-1252 with a curly apostrophe": SloppyFile(
        _PLAIN.replace("Ana", "Sinéad O’Connor").encode("cp1252"),
        {2: ("P-1", "Sinéad O’Connor"), 3: ("P-2", "Bo")},
    ),
    "an old Macintosh's": SloppyFile(_ACCENT.encode("mac-roman"), {2: None, 3: ("P-2", "Bo")}),
    "an old Macintosh's with an í": SloppyFile(
        _PLAIN.replace("Ana", "María").encode("mac-roman"), {2: None, 3: ("P-2", "Bo")}
    ),
    "one line of another encoding": SloppyFile(
        _ACCENT.encode() + "P-3,Renée,\n".encode("cp1252") + b"P-4,Di,\n",
        {**_JOSE, 4: None, 5: ("P-4", "Di")},
    ),
    # ------------------------------------------------------------ headers
    "cells without a name at the end": SloppyFile(
        _rows("reference,name,phone,,,", f"P-1,Ana,{PHONE},,,", f"P-2,Bo,{OTHER},,,"), _BOTH
    ),
    "a cell without a name in the middle": SloppyFile(
        _rows("reference,,name", "P-1,,Ana", "P-2,x,Bo"), {2: _ANA, 3: None}
    ),
    "zero-width characters in names": SloppyFile(
        _rows("\u200breference\ufeff,na\u200bme\u00a0,\u2060phone", f"P-1,Ana,{PHONE}"), {2: _ANA}
    ),
    "two marks": SloppyFile(b"\xef\xbb\xbf\xef\xbb\xbf" + _PLAIN.encode(), _BOTH),
    "capitals, spaces and hyphens in names": SloppyFile(
        _rows(" Reference ,NAME,Is Adult,Contact-Owner,E-Mail", "P-1,Ana,Yes,self,"), {2: _ANA}
    ),
    "quoted names": SloppyFile(_rows('"reference","name"', '"P-1","Ana"'), {2: _ANA}),
    "blank lines before the names": SloppyFile(
        b"\n,,\n" + _PLAIN.encode(), {4: _ANA, 5: ("P-2", "Bo")}
    ),
    # ------------------------------------------------------------ rows
    "short rows": SloppyFile(_rows("reference,name,phone,email", "P-1,Ana", "P-2,Bo,,"), _BOTH),
    "a row with more than has a name": SloppyFile(
        _rows("reference,name", "P-1,Ana", "P-2,Bo,extra", "P-3,Cy"),
        {2: _ANA, 3: None, 4: ("P-3", "Cy")},
    ),
    "empty cells beyond the names": SloppyFile(
        _rows("reference,name", "P-1,Ana,,", "P-2,Bo,"), _BOTH
    ),
    "blank lines and lines of separators": SloppyFile(
        _rows("reference,name", "", "P-1,Ana", ",", " , ", "P-2,Bo", ""),
        {3: _ANA, 6: ("P-2", "Bo")},
    ),
    "no end of the last line": SloppyFile(_PLAIN.rstrip("\n").encode(), _BOTH),
    "ends of lines of an old Macintosh": SloppyFile(_PLAIN.replace("\n", "\r").encode(), _BOTH),
    "mixed ends of lines": SloppyFile(
        f"reference,name,phone\r\nP-1,Ana,{PHONE}\nP-2,Bo,{OTHER}\r".encode(), _BOTH
    ),
    "the end mark of DOS": SloppyFile(_PLAIN.encode() + b"\x1a", _BOTH),
    "a NUL in a name": SloppyFile(
        _rows("reference,name", "P-1,An\0a", "P-2,Bo"), {2: None, 3: ("P-2", "Bo")}
    ),
    "a NUL in a reference": SloppyFile(
        _rows("reference,name", "P\0-1,Ana", "P-2,Bo"), {2: None, 3: ("P-2", "Bo")}
    ),
    "a line break in a name": SloppyFile(
        _rows("reference,name", '"P-1","Ana\nLee"', "P-2,Bo"), {2: None, 4: ("P-2", "Bo")}
    ),
    "a quotation mark that is not written twice": SloppyFile(
        _rows("reference,name,phone", f'P-1,"Ana "Annie" Lee",{PHONE}', f"P-2,Bo,{OTHER}"),
        {2: None, 3: ("P-2", "Bo")},
    ),
    "a quotation mark that is never closed": SloppyFile(
        _rows("reference,name,phone", f'P-1,"Ana,{PHONE}', f"P-2,Bo,{OTHER}", "P-3,Cy,"),
        {2: None, 3: ("P-2", "Bo"), 4: ("P-3", "Cy")},
    ),
    "a quotation mark in the middle": SloppyFile(
        _rows("reference,name", 'P-1,Ana "Annie" Lee'), {2: ("P-1", 'Ana "Annie" Lee')}
    ),
    "cells as formulas of a text": SloppyFile(
        _rows("reference,name", '="00017",Ana', '"=""00018""",Bo'),
        {2: ("00017", "Ana"), 3: ("00018", "Bo")},
    ),
    "spaces and invisible characters around cells": SloppyFile(
        _rows("reference,name", "\u200bP-1\u200b, Ana\u00a0", "\ufeffP-2 ,Bo\t"), _BOTH
    ),
    "references that a spreadsheet shortened": SloppyFile(
        _rows("reference,name", "1.60123E+10,Ana", "P-2,Bo"), {2: None, 3: ("P-2", "Bo")}
    ),
    "a reference that is there twice": SloppyFile(
        _rows("reference,name", "P-1,Ana", "P-1\u200b,Bo"), {2: _ANA, 3: None}
    ),
}

_CONSENTED: Final = (
    "reference,phone,consent_channels,consent_method,consent_wording,consent_source,"
    "consent_obtained_at"
)

TIMES: Final = {
    "46328.39": False,
    "46328": False,
    "46328,39": False,
    "4.6328E+04": False,
    "1793612345": False,
    "1793612345.5": False,
    "2026-11-02": False,
    "2026-11-02 09:30": False,
    "2026-11-02T09:30:00": False,
    "02/11/2026 09:30": False,
    "1970-01-01T00:00:00Z": False,
    "2026-11-02T09:30:00+00:00": True,
    "2026-11-02T09:30:00z": True,
    "\u200b2026-11-02T09:30:00.123+01:00 ": True,
}
"""Times of a consent, and whether there is no doubt about them."""


def consented(*times: str) -> bytes:
    """A file with one row for each time of a consent."""
    rows = (
        f'P-{place},"{PHONE}",SMS,paper,2026-1,form,"{at}"' for place, at in enumerate(times, 1)
    )
    return _rows(_CONSENTED, *rows)
