from pathlib import Path

import pytest

from services.contracts.words import CheckInLevel
from services.launcher.faults import LauncherFault
from services.launcher.labeled_replies import LabeledFile, LabeledReply, read_labeled_replies

RED, AMBER, GREEN, UNCLEAR = (
    CheckInLevel.RED,
    CheckInLevel.AMBER,
    CheckInLevel.GREEN,
    CheckInLevel.UNCLEAR,
)


def read(folder: Path, text: str, name: str = "replies.csv") -> LabeledFile:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_labeled_replies(path)


def fault(folder: Path, text: str) -> str:
    with pytest.raises(LauncherFault) as raised:
        read(folder, text)
    return str(raised.value)


def test_reads_a_csv_file_by_its_columns(tmp_path: Path) -> None:
    labeled = read(
        tmp_path,
        "language,level,refusal,text,note\n"
        'es,RED,no,"no puedo respirar, ayuda",[breath]\n'
        "en,UNCLEAR,yes,stop texting me,\n",
    )

    assert labeled == LabeledFile(
        (
            LabeledReply(line=2, text="no puedo respirar, ayuda", level=RED, language="es"),
            LabeledReply(
                line=3, text="stop texting me", level=UNCLEAR, refusal=True, language="en"
            ),
        ),
        has_levels=True,
    )


@pytest.mark.parametrize(
    "header", ["Text,LEVEL", "message,Label", "\ufeffbody,expected", " sms , Triage "]
)
def test_header_names_may_vary(tmp_path: Path, header: str) -> None:
    [reply] = read(tmp_path, f"{header}\nall good,green\n").replies

    assert (reply.text, reply.level) == ("all good", GREEN)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_understood(tmp_path: Path, delimiter: str) -> None:
    [reply] = read(tmp_path, f"text{delimiter}level\nit itches, a bit{delimiter}AMBER\n").replies

    assert (reply.text, reply.level) == ("it itches, a bit", AMBER)


@pytest.mark.parametrize(
    ("label", "level", "refusal"),
    [
        ("Emergency", RED, False),
        ("yellow", AMBER, False),
        ("good news", GREEN, False),
        ("no answer", UNCLEAR, False),
        ("", UNCLEAR, False),
        ("everyday", UNCLEAR, False),
        ("opt-out", UNCLEAR, True),
        ("REFUSAL", UNCLEAR, True),
    ],
)
def test_labels_have_synonyms(
    tmp_path: Path, label: str, level: CheckInLevel, *, refusal: bool
) -> None:
    [reply] = read(tmp_path, f"text,label\nsomething,{label}\n").replies

    assert (reply.level, reply.refusal) == (level, refusal)


def test_reads_json_lines(tmp_path: Path) -> None:
    labeled = read(
        tmp_path,
        '{"text": "stop", "level": null, "refusal": true}\n\n{"reply": "3", "label": "red"}\n',
        "replies.jsonl",
    )

    assert [(reply.line, reply.level, reply.refusal) for reply in labeled.replies] == [
        (1, UNCLEAR, True),
        (3, RED, False),
    ]


def test_a_text_may_have_several_lines(tmp_path: Path) -> None:
    labeled = read(tmp_path, 'text,level\n"3\n\nSent from my phone",RED\nok,UNCLEAR\n')

    assert [(reply.line, reply.text) for reply in labeled.replies] == [
        (2, "3\n\nSent from my phone"),
        (5, "ok"),
    ]


def test_a_file_without_levels_has_everyday_texts(tmp_path: Path) -> None:
    labeled = read(tmp_path, "language,text\nen,im dying lol\n")

    assert not labeled.has_levels
    assert labeled.replies[0].level is UNCLEAR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text,level\nfine,GREEN\nbad,PURPLE\n", "line 3: 'purple' is no level; write RED"),
        ("text,refusal\nstop,perhaps\n", "line 2: 'perhaps' does not say whether it is a refusal"),
        ("level,words\nRED,help\n", "has no column of texts; call it text, reply"),
        ("text,level,label\nfine,GREEN,GREEN\n", "has two columns that could be the level"),
        ("text,level\nno, really,RED\n", "line 2: 3 cells, and the first line has 2"),
        ('text,level\n"never closed,RED\n', "is no CSV from line 2 on"),
        ('{"text": "a"}\n{"text": }\n', "line 2: no JSON object"),
        ('{"level": "RED"}\n', "line 1: it has no text"),
        ("text,level\n", "has no replies"),
        ("", "has no replies"),
    ],
)
def test_faults_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in fault(tmp_path, text)


def test_many_faults_are_not_all_printed(tmp_path: Path) -> None:
    text = "text,level\n" + "hm,PURPLE\n" * 30

    lines = fault(tmp_path, text).splitlines()

    assert len(lines) == 12
    assert lines[-1] == "… and 20 more"


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("text\nmañana\n".encode("latin-1"))

    with pytest.raises(LauncherFault, match="is not UTF-8"):
        read_labeled_replies(path)
