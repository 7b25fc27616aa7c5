"""Every word a person reads is in templates/, in three languages, with the same facts."""

import ast
import re
from functools import cache

import jinja2
import pytest

import templates
from handlers import errors
from storage.types import SendState
from tests.builders import ROOT

TOPICS = sorted(file.stem for file in (ROOT / "templates/en").glob("*.j2"))
VENDORS = {"status.update"}  # names of events that are not ours, though a topic of ours is called like them
ROOMS = ("bot", "handlers", "flows", "storage")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
NAME = re.compile(r"[a-z_]+\.[a-z_0-9]+")


def macros(topic, language):
    found = vars(templates.sheet(topic, language)).items()
    return {name: macro.arguments for name, macro in found if hasattr(macro, "arguments")}


@pytest.mark.parametrize("language", templates.LANGUAGES)
def test_every_language_has_the_same_topics(language):
    assert sorted(file.stem for file in (ROOT / "templates" / language).glob("*.j2")) == TOPICS


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_language_has_the_same_messages_with_the_same_facts(topic, language):
    assert macros(topic, language) == macros(topic, "en")


@pytest.mark.parametrize("language", templates.LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_language_knows_the_same_words_of_each_list(topic, language):
    """A list such as {"low": "Low", …} that lacks a word in one language would fail there, and only there."""

    def lists(of):
        return {
            name: set(value)
            for name, value in vars(templates.sheet(topic, of)).items()
            if isinstance(value, dict) and not name.startswith("_")
        }

    ours, theirs = lists("en"), lists(language)
    assert {name: ours[name] ^ theirs[name] for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]} == {}


# what stands above and below a form; Slack cuts it after 24 characters
SHORT = 24
BOUNDS = [
    *(f"form.{name}" for name in macros("form", "en") if name.endswith(("_title", "_submit"))),
    *("form.save", "form.cancel", "command.put_away", "callback.form_title", "callback.form_submit", "statement.form_title"),
    *("statement.form_submit", "statement.form_reject", "statement.button_reject", "fact.form_new", "fact.form_title"),
    *("room.form_attest", "room.form_vouch", "room.form_except", "room.form_except_submit"),
]
LONG = {"number": 12345, "version": 99, "count": 999, "kind": "holding", "gate": "posts_stopped"}


@pytest.mark.parametrize("language", templates.LANGUAGES)
@pytest.mark.parametrize("name", [*BOUNDS, *(f"button.{name}" for name in macros("button", "en") if name != "tag")])
def test_titles_of_forms_and_buttons_fit_where_they_stand(name, language):
    topic, macro = name.split(".")
    said = templates.say(name, language, **{fact: LONG[fact] for fact in macros(topic, language)[macro]})
    assert len(said) <= SHORT, said


@pytest.mark.parametrize("topic", TOPICS)
def test_french_punctuation_never_begins_a_line(topic):
    """Before : ; ! ? » and after « stands a space that does not break."""
    written = (ROOT / f"templates/fr/{topic}.j2").read_text(encoding="utf-8")
    words = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "…", written, flags=re.DOTALL)
    assert [words[max(0, one.start() - 20) : one.end()] for one in re.finditer(r" [:;!?»]|« ", words)] == []


def test_a_missing_fact_is_an_error_and_not_a_blank():
    with pytest.raises(jinja2.UndefinedError):
        templates.say("error.case_owned", "en", case=1)


def test_a_language_that_we_do_not_speak_is_answered_in_english():
    assert (
        templates.say("error.nothing_waits", "de")
        == templates.say("error.nothing_waits", "en")
        != templates.say("error.nothing_waits", "es")
    )


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def words_of(node):
    """Message names that a node's strings may be, "a.b" in full."""
    return {
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str) and NAME.fullmatch(one.value)
    }


@pytest.mark.parametrize("path", [*FILES, ROOT / "app.py"], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_message_that_the_code_names_exists(path):
    known = {f"{topic}.{name}" for topic in TOPICS for name in macros(topic, "en")}
    named = {word for word in words_of(tree(path)) - VENDORS if word.split(".")[0] in TOPICS}
    begun = {
        word for word in named if word.endswith("_") and any(one.startswith(word) for one in known)
    }  # the rest is put in by an f-string
    assert {word for word in named - known - begun if not word.endswith((".html", ".css", ".js", ".svg", ".jsonl"))} == set()


def test_every_error_that_a_person_is_told_has_its_message():
    told = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Told) and one is not errors.Told]
    missing = [one.__name__ for one in told if one.template.partition(".")[2] not in macros("error", "en")]
    assert told and not missing


@pytest.mark.parametrize("language", templates.LANGUAGES)
def test_every_send_state_has_a_word(language):
    for state in set(SendState) - {SendState.SENT}:
        assert templates.say("console.send_state", language, word=str(state)) != str(state)


# calls whose words are not for people: logs, reasons and schemas for those who build on us, metrics, SQL
MACHINES = {
    "log",
    "FieldProblem",
    "LookupError",
    "text",
    "sa",
    "_gauge",
    "_by",
    *(f"{kind}MetricFamily" for kind in ("Gauge", "Counter", "Histogram", "Summary", "Info")),
}
DOCUMENTS = {"bot/terminal/describe.py"}  # writes parts of docs/, which are in English
LOADERS = {"flows/people.py", "flows/recurrences.py"}  # their reasons are values on the way into exceptions
CODE = re.compile("default-src |SELECT ")


def quiet(node):
    """Whether what stands below is written for machines, builders or readers of the code."""
    match node:
        case ast.Raise() | ast.Expr(value=ast.Constant()) | ast.keyword(arg="description"):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="split")):
            return True  # a list of words
        case ast.Assign(targets=[ast.Name(id="_BEGINNINGS")]):
            return True  # lists of words, in dict form
        case ast.Assign(targets=[ast.Name(id="_LOCKED" | "_NOT_THIS_ONE" | "_NOT_ALLOWED" | "_NO_PARENT")]):
            return True  # what vendors say, to be known again
        case ast.Call():
            called = ast.unparse(node.func).split(".")
            return called[0] in MACHINES or called[-1] in ("refuse", "_age")  # the loaders' reasons are exceptions
    return False


def sentences(module):
    """String literals of four words or more."""
    allowed = {id(one) for node in ast.walk(module) if quiet(node) for one in ast.walk(node)}
    plain = (
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in allowed
    )
    return [
        text
        for text in plain
        if not CODE.match(text) and sum(re.fullmatch(r"[\"'(¿¡]?[^\W\d_]+[.,;:!?)\"']*", word) is not None for word in text.split()) >= 4
    ]


@pytest.mark.parametrize(
    "path",
    [file for file in FILES if "migrations" not in file.parts and str(file.relative_to(ROOT)) not in DOCUMENTS | LOADERS],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_sentence_lives_outside_templates(path):
    assert sentences(tree(path)) == []


def test_the_search_for_sentences_finds_one_and_only_that():
    said = (
        'def a():\n    """This is a docstring of words."""\n    log.info("this is a log of words")\n    return "Nobody may say this here!"'
    )
    assert sentences(ast.parse(said)) == ["Nobody may say this here!"]
