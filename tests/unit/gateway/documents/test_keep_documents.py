from services.gateway.documents.checking import CheckedDocument, DocumentStore
from services.gateway.documents.faults import DocumentRefused, Fault


class Checking:
    def __init__(self) -> None:
        self.checked: list[str] = []

    def __call__(self, text: str) -> CheckedDocument:
        self.checked.append(text)
        if text.startswith("bad"):
            raise DocumentRefused([Fault("BAD", text)])
        return CheckedDocument({}, has_introspection=False)


def ask(store: DocumentStore, text: str) -> str | None:
    try:
        store.get(text)
    except DocumentRefused as refused:
        return refused.faults[0].message
    return None


def test_checks_a_text_once() -> None:
    checking = Checking()
    store = DocumentStore(checking)
    assert store.get("good") is store.get("good")
    assert checking.checked == ["good"]


def test_remembers_refusals() -> None:
    checking = Checking()
    store = DocumentStore(checking)
    assert [ask(store, "bad"), ask(store, "bad")] == ["bad", "bad"]
    assert checking.checked == ["bad"]


def test_evicts_the_document_used_least_recently() -> None:
    checking = Checking()
    store = DocumentStore(checking, max_checked=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        ask(store, text)
    assert checking.checked == ["a", "b", "c", "b"]


def test_bad_documents_do_not_push_out_good_ones() -> None:
    checking = Checking()
    store = DocumentStore(checking, max_checked=1, max_refusals=1)
    for text in ("good", "bad 1", "bad 2", "good", "bad 1"):
        ask(store, text)
    assert checking.checked == ["good", "bad 1", "bad 2", "bad 1"]


def test_takes_text_that_is_no_unicode() -> None:
    assert ask(DocumentStore(Checking()), "\ud800") is None
