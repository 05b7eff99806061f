"""A refusal is heard in any words: it stops at once, or holds until a person has read it."""

import pytest

from services.reading.refusals import Refusal
from tests.support.reading_rules import read


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop!!",
        "Stop x",
        "Please stop",
        "STPO",
        "sotp",
        "ST0P",
        "s t o p",
        "s.t.o.p",
        "unsuscribe",
        "UNSUSBCRIBE",
        "optout plz",
        "opt-out please",
        "🛑",
        "🛑🛑🛑",
        "✋ stop",
        '"STOP"',
        "Stop\nSent from my iPhone",
        "STOP\nRegards\nTom Becker",
        "BAJA POR FAVOR",
        "dame de baja",
        "ya párenle",
        "cancelar suscripción",
        "ALTO",
    ],
)
def test_a_keyword_stops_whatever_stands_around_it(text: str) -> None:
    assert read(text).refusal is Refusal.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "stop texting me",
        "plz quit textin",
        "Please discontinue text messages to this phone",
        "Kindly refrain from sending further messages to this telephone.",
        "dont text me no more",
        "Can you not text me",
        "could you please not send any more",
        "no need to text me anymore",
        "I don't wish to receive any more of these messages. Regards, J. Whitcombe",
        "I'd prefer not to hear from you by text.",
        "too many texts. unsubscribe me",
        "Take me off your contacts",
        "get my number off your list",
        "remove this number",
        "lose my number",
        "how can I stop these messages?",
        "turn these notifications off",
        "no me escriban",
        "no me textees más",
        "ya no quiero que me manden mensajes",
        "no quiero más mensajes",
        "dejen de escribirme",
        "paren de mandar mensajes",
        "para ya de escribirme",
        "no me enviéis más",
        "que no me lleguen más",
        "sáquenme de esta lista",
        "bórrenme",
        "eliminen mi número",
        "solicito no recibir más comunicaciones por este medio",
        "les pido por favor que cesen de enviarme mensajes diarios",
        "no more mensajes please",
        "no me texteen más",
        "stop mandando textos",
    ],
)
def test_plain_words_stop_at_once(text: str) -> None:
    assert read(text).refusal is Refusal.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "Arrêtez",
        "je ne veux plus recevoir vos SMS, merci",
        "Désabonner",
        "laissez-moi tranquille",
        "Parem de me mandar mensagens",
        "não quero mais receber",
        "Bitte keine SMS mehr",
        "Bitte löschen Sie meine Nummer",
        "per favore non scrivetemi più",
        "Stuur me geen berichten meer",
        "proszę nie pisać do mnie",
        "СТОП",
        "не пишите мне больше",
        "退订",
        "请不要再发短信了",
        "メッセージを止めてください",
        "もう送らないで",
        "그만 보내세요",
        "문자 보내지 마세요",
        "أوقفوا الرسائل",
        "ला मैसेज मत भेजो",
        "बंद करो",
        "ngừng gửi tin nhắn cho tôi",
        "hủy đăng ký",
        "wag nyo na akong i-text",
        "sispann voye mesaj ban mwen",
        "mesaj atmay\u0131n",
        "jangan kirim pesan lagi",
        "หยุดส่งข้อความ",
    ],
)
def test_other_languages_are_understood(text: str) -> None:
    assert read(text).refusal is Refusal.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "Please stop this",
        "I want to stop getting these",
        "You need to stop. I have told reception twice.",
        "too many texts. stop.",
        "make it stop",
        "leave me alone",
        "enough already",
        "not interested, thanks",
        "this is harassment",
        "quit bugging me",
        "wrong number",
        "i said NO MORE",
        "dont need these anymore",
        "dejen de molestar",
        "me tienen harta con los mensajes",
        "ya no",
        "no gracias, ya no",
        "los voy a bloquear",
        "número equivocado",
        "déjenme tranquila",
        "me das de baja porfis",
        "🚫📱 texts",
    ],
)
def test_doubtful_words_stop_or_are_held_for_a_person(text: str) -> None:
    assert read(text).refusal is not Refusal.NONE


@pytest.mark.parametrize(
    "text",
    [
        "don't stop sending these, they help me",
        "Please don't stop texting, its comforting",
        "never stop texting me",
        "I didn't mean to opt out, please keep me on",
        "don't take me off the list",
        "no dejen de escribirme, me gusta",
        "no quise darme de baja, sigan mandando",
        "no me borren de la lista",
        "don't stop mandando los mensajes",
    ],
)
def test_a_denied_refusal_is_none(text: str) -> None:
    assert read(text).refusal is Refusal.NONE


@pytest.mark.parametrize(
    "text",
    [
        "stop by later?",
        "where's the nearest bus stop",
        "my wife won't stop scratching",
        "the bleeding stopped",
        "it won't stop itching",
        "we have got to stop meeting like this",
        "should i stop using retinol",
        "can i stop the antibiotic now",
        "when does the peeling stop",
        "when can I quit wearing the hat",
        "please stop the music in the waiting room",
        "tell my mom to stop texting you",
        "stop it you're making me blush 😊",
        "end of the month works for my next visit",
        "cancel my appointment please",
        "need to cancel",
        "remove the stitches when?",
        "delete that photo I sent please",
        "no more sun for me lol",
        "im out of cream",
        "i didnt get your text",
        "please text me the address",
        "can't text right now, driving",
        "out of office with no access to email",
        "well enough to travel?",
        "who is this please",
        "no puedo hablar, llámame luego",
        "no para de pelarse",
        "dejo de usar el retinol?",
        "la hinchazón no baja",
        "me dieron de baja en el trabajo",
        "baja la música porfa",
        "mi novio es muy alto",
        "quítenme la cita de la tarde",
        "sáqueme de una duda",
        "cancelar mi cita del martes",
        "no me llegó el mensaje",
        "no envié la foto aún",
        "no quiero molestar pero tengo duda",
        "no mas preguntas",
        "para cuando es la próxima",
        "ya basta de sol para mi",
    ],
)
def test_an_unrelated_stop_is_none(text: str) -> None:
    assert read(text).refusal is Refusal.NONE


def test_a_refusal_and_a_red_flag_are_both_read() -> None:
    reading = read("Stop. I can't breathe and nobody answers")

    assert reading.refusal is not Refusal.NONE
    assert reading.level == "RED"


def test_a_word_that_means_something_else_elsewhere_is_held_there() -> None:
    assert read("alto", countries=["MX"]).refusal is Refusal.OPT_OUT
    assert read("alto", countries=["IT"]).refusal is Refusal.HELD
