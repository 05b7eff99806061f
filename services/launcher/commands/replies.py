"""How replies are read: try a text, measure a labeled file, sign the rules off."""

from pathlib import Path
from typing import Final

import click

from services.content.source.reader import FolderFault, folder_files, shipped_files
from services.content.usecases.sign_off_plan import DEMO_REVIEWER
from services.contracts.content import (
    DEMO_ACTOR,
    OPERATOR,
    GetReadingRules,
    SignOffReadingRules,
)
from services.contracts.words import Mode
from services.launcher.connection import asking, find_clinic
from services.launcher.faults import LauncherFault
from services.launcher.labeled_replies import LabeledReply, read_labeled_replies
from services.launcher.reply_questions import AskedQuestion, ReplyCatalog, read_reply_catalog
from services.launcher.reply_scores import (
    Mistake,
    Score,
    everyday_lines,
    matrix_lines,
    mistake_lines,
    summary_lines,
)
from services.launcher.weights_file import learned, weights_file
from services.reading.reading import Reading

_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_HASH_SHOWN: Final = 12

_catalog_option = click.option(
    "--catalog", "folder", type=_FOLDER, help="Read by the rules in this catalog's folder."
)
_plan_option = click.option("--plan", help="The question of this plan, by slug.")
_step_option = click.option("--step", "step_key", help="The question of this step, by key.")
_country_option = click.option(
    "--country", help="The clinic's country, such as MX: some words refuse in some countries only."
)


@click.group()
def replies() -> None:
    """Try how replies are read, measure it on a labeled file, sign the rules off."""


@replies.command("try")
@click.argument("text")
@_catalog_option
@_plan_option
@_step_option
@click.option("--locale", help="The question in this language.")
@_country_option
def try_(
    text: str,
    folder: Path | None,
    plan: str | None,
    step_key: str | None,
    locale: str | None,
    country: str | None,
) -> None:
    """Print how TEXT is read, and why. Nothing is sent or stored."""
    catalog = read_reply_catalog(_files(folder))
    asked = catalog.question(plan, step_key, locale)
    reading = _read(catalog, asked, text, country)
    for name, value in _shown(asked, reading):
        click.echo(f"{name:<9}{value}")
    for reason in reading.reasons:
        click.echo(f"  – {reason}")


@replies.command()
@click.argument("file", type=_FILE)
@_catalog_option
@_plan_option
@_step_option
@_country_option
@click.option(
    "--show",
    multiple=True,
    type=click.Choice([kind.value for kind in Mistake]),
    help="List the mistakes of this kind; may be repeated.",
)
def measure(
    file: Path,
    folder: Path | None,
    plan: str | None,
    step_key: str | None,
    country: str | None,
    show: tuple[str, ...],
) -> None:
    """Print how well the labeled replies in FILE are read.

    FILE is CSV or JSON lines, with the columns text and level (RED, AMBER, GREEN or UNCLEAR), and
    perhaps refusal (yes or no) and language. Without levels it has everyday texts.
    """
    labeled = read_labeled_replies(file)
    catalog = read_reply_catalog(_files(folder))
    usual = catalog.question(plan, step_key)
    click.echo(f"{len(labeled.replies):,} texts, read by rules {catalog.rules_hash[:_HASH_SHOWN]}")
    click.echo(f"as answers to {_named(usual)}")
    scores = [_score(catalog, usual, reply, country) for reply in labeled.replies]
    if labeled.has_levels:
        click.echo()
        for line in (*matrix_lines(scores), "", *summary_lines(scores)):
            click.echo(line)
    click.echo()
    for line in everyday_lines(scores):
        click.echo(line)
    for kind in map(Mistake, show):
        click.echo(f"\n{kind}")
        for line in mistake_lines(scores, kind):
            click.echo(line)


@replies.command("learn")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@_catalog_option
@click.option(
    "--into",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="The file weights.yaml of your catalog's folder “replies”; it is replaced.",
)
@click.option(
    "--certain",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="The probability from which a text counts as danger.",
)
def learn_(files: tuple[Path, ...], folder: Path | None, into: Path, certain: float) -> None:
    """Count anew which words speak for danger, from the labeled replies in FILES.

    Keep at least one labeled file apart and measure it afterwards: a file that the words were
    counted from says nothing about texts that nobody has seen.
    """
    labeled = [reply for file in files for reply in read_labeled_replies(file).replies]
    word_weights = learned(read_reply_catalog(_files(folder)).reader, labeled, certain)
    into.write_text(weights_file(word_weights), "utf-8")
    click.echo(
        f"{len(word_weights.weights):,} words and pairs, from {len(labeled):,} texts, in {into}"
    )


@replies.command("sign-off")
@click.option("--clinic", required=True, help="The clinic's name or number.")
@click.option("--reviewer", help="The clinician who has read the rules; needed in production.")
@click.option("--registration", help="The clinician's registration number.")
@click.option("--hash", "content_hash", help="Only if replies are still read by these rules.")
def sign_off(
    clinic: str, reviewer: str | None, registration: str | None, content_hash: str | None
) -> None:
    """Record that a clinician has read the rules of the current release and agrees.

    The signature is for the rules alone. It voids no signature of a plan, and nothing waits for it.
    """
    with asking() as client:
        command = SignOffReadingRules(
            clinic_id=find_clinic(client, clinic).id,
            content_hash=content_hash or client.ask(GetReadingRules()).content_hash,
            reviewer=reviewer or DEMO_REVIEWER,
            registration=registration,
            mode=Mode.LIVE if reviewer else Mode.TEST,
            actor=OPERATOR if reviewer else DEMO_ACTOR,
        )
        reply = client.ask(command)
    if reply.review is None:
        raise LauncherFault(reply.refusal.message if reply.refusal else "Nothing was signed.")
    review = reply.review
    click.echo(
        f"The rules for replies, {review.content_hash}, are signed off by “{review.reviewer}”"
        f" ({review.reviewed_at:%Y-%m-%d})."
    )


def _files(folder: Path | None) -> dict[str, str]:
    try:
        return shipped_files() if folder is None else folder_files(folder)
    except FolderFault as fault:
        raise LauncherFault(f"{fault}.") from None


def _score(
    catalog: ReplyCatalog, usual: AskedQuestion, reply: LabeledReply, country: str | None
) -> Score:
    """Read a reply as the answer to the question in its own language."""
    asked = catalog.question(usual.plan, usual.step_key, reply.language)
    return Score(reply, _read(catalog, asked, reply.text, country))


def _read(catalog: ReplyCatalog, asked: AskedQuestion, text: str, country: str | None) -> Reading:
    return catalog.reader.read(
        text,
        asked.question.options,
        fever_celsius=asked.question.fever_celsius,
        countries=(country.upper(),) if country else (),
    )


def _named(asked: AskedQuestion) -> str:
    return f"“{asked.question.question}” ({asked.plan}, {asked.step_key})"


def _shown(asked: AskedQuestion, reading: Reading) -> list[tuple[str, str]]:
    option = next((o for o in asked.question.options if o.value == reading.choice), None)
    level = reading.level.value if reading.level else "no answer"
    return [
        ("question", _named(asked)),
        ("level", f"{level} ({reading.rule})" if reading.rule else level),
        ("option", f"{option.value}, {option.label}" if option else "none"),
        ("refusal", reading.refusal.value),
        ("urgent", "may be, if nobody reads it" if reading.may_be_urgent else "no"),
    ]
