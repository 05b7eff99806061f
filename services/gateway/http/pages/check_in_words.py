"""The texts of the check-in page, by language."""

from typing import Final

import msgspec


class Sign(msgspec.Struct, frozen=True):
    """A red flag that is shown if those of the plan are unknown or include no emergency."""

    label: str
    action: str
    is_emergency: bool = False


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """`{clinic}` stands for the name of the clinic."""

    title: str
    plain_title: str
    own_words: str
    read_by_a_person: str
    button: str
    no_answer: str
    closed: str
    kept: str
    unknown: str
    away: str
    help: str
    clinic: str
    emergency: str
    any_emergency: str
    signs: tuple[Sign, ...]


WORDS: Final = {
    "en": Words(
        title="A question from {clinic}",
        plain_title="A question from your clinic",
        own_words="Or in your own words",
        read_by_a_person="A person at the clinic reads what you write, but not at once. If it is "
        "urgent, call.",
        button="Send answer",
        no_answer="Choose an answer, or write one.",
        closed="This question is closed. If something is not right, call your clinic.",
        kept="Your answer is kept, and the clinic gets it as soon as we can reach it. If something "
        "is not right, do not wait: call your clinic now.",
        unknown="This link is not complete, or it is too old. Use the link in the newest message. "
        "If something is not right, call your clinic.",
        away="Your question cannot be shown just now. Try again in a minute. If something is not "
        "right, call your clinic.",
        help="Do not wait with these",
        clinic="Call your clinic",
        emergency="In an emergency, call",
        any_emergency="In an emergency, call your local emergency number.",
        signs=(
            Sign(
                "Trouble breathing; sudden swelling of lips, mouth, tongue or throat; hives all "
                "over; collapse",
                "Call the emergency number now.",
                is_emergency=True,
            ),
            Sign(
                "Severe eye pain, or a change in sight",
                "Go to emergency care now.",
                is_emergency=True,
            ),
            Sign(
                "Bleeding that does not stop after 10 minutes of firm pressure",
                "Keep pressing and get urgent medical care.",
                is_emergency=True,
            ),
            Sign(
                "Fever of 38 °C (100.4 °F) or more, pus, spreading redness, blisters, or pain that "
                "is getting worse",
                "Call your clinic the same day.",
            ),
        ),
    ),
    "es": Words(
        title="Una pregunta de {clinic}",
        plain_title="Una pregunta de su clínica",
        own_words="O con sus propias palabras",
        read_by_a_person="Una persona de la clínica lee lo que escriba, pero no al instante. Si es "
        "urgente, llame.",
        button="Enviar respuesta",
        no_answer="Elija una respuesta o escriba una.",
        closed="Esta pregunta está cerrada. Si algo no va bien, llame a su clínica.",
        kept="Su respuesta está guardada y la clínica la recibirá en cuanto sea posible. Si algo "
        "no va bien, no espere: llame ahora a su clínica.",
        unknown="Este enlace está incompleto o es demasiado antiguo. Use el del último mensaje. Si "
        "algo no va bien, llame a su clínica.",
        away="Su pregunta no se puede mostrar en este momento. Inténtelo de nuevo en un minuto. Si "
        "algo no va bien, llame a su clínica.",
        help="No espere si tiene algo de esto",
        clinic="Llame a su clínica",
        emergency="En una emergencia, llame al",
        any_emergency="En una emergencia, llame al número de emergencias de su zona.",
        signs=(
            Sign(
                "Dificultad para respirar; hinchazón repentina de labios, boca, lengua o garganta; "
                "ronchas por todo el cuerpo; desmayo",
                "Llame ahora al número de emergencias.",
                is_emergency=True,
            ),
            Sign(
                "Dolor fuerte de ojo o cambio en la vista",
                "Acuda ahora a urgencias.",
                is_emergency=True,
            ),
            Sign(
                "Sangrado que no se detiene tras 10 minutos de presión firme",
                "Siga presionando y busque atención médica urgente.",
                is_emergency=True,
            ),
            Sign(
                "Fiebre de 38 °C (100.4 °F) o más, pus, enrojecimiento que se extiende, ampollas, "
                "o dolor que empeora",
                "Llame a su clínica el mismo día.",
            ),
        ),
    ),
}
