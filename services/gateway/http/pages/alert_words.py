"""The texts of the alert page, by language."""

from typing import Final

import msgspec


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """`about` takes `{number}` and `{clinic}`; `acknowledged` takes `{by}` and `{at}`."""

    title: str
    test_title: str
    about: str
    about_test: str
    since: str
    explained: str
    explained_test: str
    name: str
    button: str
    button_test: str
    acknowledged: str
    nameless: str
    unknown: str
    away: str


WORDS: Final = {
    "en": Words(
        title="A patient may need help",
        test_title="A test of the alerts",
        about="Escalation {number}, {clinic}",
        about_test="{clinic}: nobody needs help; this only tries whether alerts arrive.",
        since="Since",
        explained="When you take it, nobody else is alerted. Look the patient up in the clinic's "
        "system, and call.",
        explained_test="Write your name and confirm, so that the clinic knows that alerts reach "
        "you.",
        name="Your name",
        button="I take this",
        button_test="It has reached me",
        acknowledged="Taken by {by}, {at}.",
        nameless="Write your name, so that others know who has taken it.",
        unknown="This link is not complete, or it is too old. Use the one in the newest alert.",
        away="This did not work: nothing was recorded. Try again, and if it still fails, tell your "
        "colleagues by phone.",
    ),
    "es": Words(
        title="Un paciente puede necesitar ayuda",
        test_title="Una prueba de las alertas",
        about="Aviso {number}, {clinic}",
        about_test="{clinic}: nadie necesita ayuda; solo se comprueba si llegan las alertas.",
        since="Desde",
        explained="Cuando usted se haga cargo, no se avisará a nadie más. Busque al paciente en el "
        "sistema de la clínica y llame.",
        explained_test="Escriba su nombre y confirme, para que la clínica sepa que las alertas le "
        "llegan.",
        name="Su nombre",
        button="Me hago cargo",
        button_test="Me ha llegado",
        acknowledged="A cargo de {by}, {at}.",
        nameless="Escriba su nombre, para que los demás sepan quién se hace cargo.",
        unknown="Este enlace está incompleto o es demasiado antiguo. Use el de la última alerta.",
        away="No ha funcionado: no se ha registrado nada. Inténtelo de nuevo y, si sigue fallando, "
        "avise por teléfono a sus compañeros.",
    ),
}
