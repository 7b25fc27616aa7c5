"""A FLOW's picture: the same in every language, whatever names it holds, with letters of our own."""

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import resvg_py
from hypothesis import example, given, settings
from hypothesis import strategies as st

import templates
from bot.pictures import flow_png, flow_svg
from bot.pictures.flow_layout import flow_sheet
from bot.pictures.lettering import MORE, broken, cut, drawable, width
from bot.pictures.paint import PNG_WIDTH
from bot.pictures.shapes import LEAD, NAME, Box, Dot, Line, Look, Sheet, Sign, Text
from bot.pictures.words import clean
from flows.answers import CHECK_NAMES
from flows.flow import KINDS, ROLES
from flows.ladder import WAYS, Ladder, Rung, Step, upwards
from flows.severity import SEVERITY_WORDS
from handlers.errors import BadInput
from handlers.pictures.flow_picture import drawn, gravest, minutes
from templates import FONTS, LANGUAGES
from tests.builders import ROOT, data_breach
from tests.doors.drawn import (
    HOSTILE,
    LADDERS,
    LIFE,
    LONG,
    PRESS,
    REST,
    SVG,
    astray,
    flow_of,
    ink,
    many,
    named,
    parsed,
    renamed,
    roles,
    said,
    size_of,
)

PICTURE = drawn(flow_of(*LADDERS))
DRAWING = (ROOT / "templates/pictures/sheet.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [None, "life", "press", "rest"])
def test_a_picture_is_well_formed_and_names_itself_for_those_who_hear_it(name, language):
    root = parsed(flow_svg(drawn(flow_of(*LADDERS), name), language))
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == data_breach().title[language]
    assert root.findtext(f"{SVG}desc")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ladder_and_every_stage_has_its_box(language):
    words = said(flow_svg(PICTURE, language))
    assert {LIFE.label[language], "Press", "Grave", "Grace Okafor"} <= set(words)
    assert set(data_breach().answers.stages[0].label[language].split()) <= set(" ".join(words).split())


def test_the_picture_is_built_the_same_in_every_language_and_says_it_differently():
    sheets = [flow_sheet(PICTURE, language) for language in LANGUAGES]
    boxes = [[(shape.look, shape.tone) for shape in sheet.shapes if isinstance(shape, Box)] for sheet in sheets]
    assert boxes[0] == boxes[1] == boxes[2]
    assert len({tuple(text.words for text in sheet.texts()) for sheet in sheets}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("flow", [flow_of(*LADDERS), flow_of(), many(1), many(7), many(12), data_breach()], ids=str)
def test_no_word_reaches_out_of_its_box(flow, language):
    assert astray(flow_sheet(drawn(flow), language)) == []
    for ladder in flow.ladders:
        assert astray(flow_sheet(drawn(flow, ladder.name), language)) == []


@pytest.mark.parametrize("name", [LONG, HOSTILE, "W" * 200, "a b" * 90, "漢" * 60, "🔥" * 40])
def test_no_name_is_so_long_or_odd_that_it_leaves_its_box(name):
    flow = flow_of(*(renamed(ladder, name) for ladder in LADDERS))
    assert astray(flow_sheet(drawn(flow), "en")) == []
    assert astray(flow_sheet(drawn(flow, "life"), "en")) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
@example(HOSTILE)
@example("]]></text><script>")
def test_whatever_something_is_called_it_is_text_and_nothing_else(name):
    flow = replace(flow_of(renamed(LIFE, name)), title=named(name))
    root = parsed(flow_svg(drawn(flow), "en"))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "symbol", "path", "circle", "text", "rect", "line", "use"}
    assert root.findtext(f"{SVG}title") == clean(name.strip()) or not clean(name)  # an empty label is said in English


def test_nothing_that_a_person_wrote_is_read_as_a_drawing():
    svg = flow_svg(drawn(flow_of(renamed(LIFE, "<a>&amp;"))), "en")
    assert "<a>" not in svg and said(svg).count("<a>&amp;") > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_png_is_as_wide_as_it_should_be_as_high_as_its_sheet_and_not_empty(language):
    sheet = flow_sheet(PICTURE, language)
    png = flow_png(PICTURE, language)
    wide, high = size_of(png)
    assert wide == PNG_WIDTH <= 1400
    assert abs(high - sheet.height * wide / sheet.width) <= 1
    assert ink(png) > 0.02
    bare = resvg_py.svg_to_bytes(svg_string=re.sub("<text.*?</text>|<use.*?/>", "", flow_svg(PICTURE, language)), width=PNG_WIDTH)
    assert ink(bytes(bare)) < ink(png) / 2


def rendered(svg, *, ours, system):
    fonts = [str(file) for file in FONTS.glob("*.ttf")] if ours else []
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=PNG_WIDTH, skip_system_fonts=not system, font_files=fonts))


def test_letters_are_our_own_so_that_a_machine_without_fonts_draws_the_same():
    svg = flow_svg(PICTURE, "fr")
    assert flow_png(PICTURE, "fr") == rendered(svg, ours=True, system=False) == rendered(svg, ours=True, system=True)
    assert ink(rendered(svg, ours=False, system=False)) < ink(flow_png(PICTURE, "fr")) / 2


def test_our_letters_are_light_and_bring_their_licence():
    assert sum(file.stat().st_size for file in FONTS.glob("*.ttf")) < 500_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_our_own_words_can_be_drawn(language):
    assert drawable((ROOT / f"templates/{language}/picture.j2").read_text(encoding="utf-8"))
    assert drawable("ÀÉÎÖÜÿŒœßŁłŞşĞğİıŘřÅåØøÞþÐðÑñ«»¿¡…–’€ Ωλ Жд") and not drawable("漢字")


@pytest.mark.parametrize("bold", [False, True])
def test_words_are_as_wide_as_the_drawing_makes_them(bold):
    """Measured on a sheet that begins where the words should end: one unit further it is empty, a good deal before it is not."""
    look, words = Look(20, bold=bold), "Wer zuständig ist, wird 24 Minuten später alarmiert – Éscalade ñandú Zażółć"
    wide = width(words, look)
    weight = "600" if bold else "400"

    def beyond(x, words=words):
        text = f'<text x="{-x}" y="22" font-family="Inter" font-weight="{weight}" font-size="20">{words}</text>'
        return ink(rendered(f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="30">{text}</svg>', ours=True, system=False))

    assert beyond(wide + 1) == beyond(0, "") < beyond(wide * 0.98 - 6)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.integers(60, 300), st.integers(1, 5))
def test_a_broken_text_keeps_to_its_room_and_its_lines(words, room, most):
    lines = broken(words, room, NAME, most)
    assert len(lines) <= most
    assert all(width(line, NAME) <= room for line in lines)


def test_a_text_is_broken_between_words_and_shortened_only_where_it_must_be():
    words = "Data protection officers of the whole company"
    assert " ".join(broken(words, 200, LEAD, 5)) == words
    assert broken(words, 200, LEAD, 1)[0].endswith(MORE)
    assert "".join(line.removesuffix("-") for line in broken(LONG.split()[0], 150, LEAD, 9)) == LONG.split()[0]
    assert broken("Hohenstein-Wittgenstein", 140, LEAD, 5) == ["Hohenstein-", "Wittgenstein"]
    assert broken("Hohenstein-Wittgensteinburgerin", 110, LEAD, 2) == ["Hohenstein-", cut("Wittgensteinburgerin", 110, LEAD)]
    first, last = broken(LONG, 150, LEAD, 2)
    assert LONG.startswith(first.removesuffix("-") + last.removesuffix(MORE))


def test_a_picture_can_be_read_on_a_telephone():
    for picture in (PICTURE, drawn(flow_of(*LADDERS), "life")):
        sheet = flow_sheet(picture, "en")
        assert min(text.look.size for text in sheet.texts()) * PNG_WIDTH / sheet.width >= 14
        assert sheet.width <= 1400


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_role_of_ours_is_divided_within_a_word(language):
    ladder = replace(LIFE, steps=tuple(Step(roles(name)) for name in ROLES))
    words = templates.sheet("picture", language).role_words.values()
    for picture in (drawn(flow_of(ladder)), drawn(flow_of(ladder), "life")):
        whole = " ".join(text.words for text in flow_sheet(picture, language).texts())
        assert [word for role in words for word in role.split() if word not in whole] == []


def test_one_ladder_alone_is_drawn_larger():
    assert flow_sheet(drawn(flow_of(*LADDERS), "life"), "en").width < 0.7 * flow_sheet(PICTURE, "en").width


@pytest.mark.alone
def test_twelve_ladders_are_drawn_in_less_than_a_second():
    def taken():
        began = time.process_time()
        flow_png(drawn(many(12)), "en")
        return time.process_time() - began

    assert min(taken() for _ in range(3)) < 1


def test_an_unknown_ladder_is_refused():
    with pytest.raises(BadInput):
        drawn(flow_of(*LADDERS), "nowhere")


def climbed(ladder):
    """How long it takes to the end, asked rung by rung."""
    at, rung, times = ladder.steps[0].after, Rung(), 1
    while (higher := upwards(ladder, rung)) is not None:
        rung, wait = higher
        at, times = at + wait, times + 1
    return at, times


@settings(deadline=None)
@given(st.lists(st.integers(0, 90), min_size=1, max_size=5), st.integers(1, 60), st.integers(0, 4))
def test_the_last_stop_stands_where_the_ladder_ends_when_it_is_climbed(afters, wait, repeat):
    steps = tuple(Step(roles("lead"), timedelta(minutes=after)) for after in afters)
    ladder = Ladder("l", named("l"), steps=steps, wait=timedelta(minutes=wait), repeat=repeat, at_last=roles("manager"))
    stops = drawn(flow_of(ladder)).ladders[0].stops
    end, times = climbed(ladder)
    assert stops[-1].at.facts["minutes"] == minutes(end)
    assert times == len(steps) * (repeat + 1) + 1
    assert [stop.at.facts["minutes"] for stop in stops[: len(steps)]] == [sum(afters[: place + 1]) for place in range(len(afters))]


def test_a_lane_says_what_leads_there_and_is_as_grave_as_the_gravest_of_it():
    flow = flow_of(*LADDERS)
    words = " ".join(said(flow_svg(drawn(flow, "press"), "en")))
    assert all(part in words for part in ("Press", "Or: customer: Press, Regulator", "Or: 50,000 followers or more", "Only on X, Mastodon"))
    assert "Only in English, French" in words and "About the crisis" in words
    assert [gravest(flow, ladder.when).word for ladder in (LIFE, PRESS, REST)] == ["critical", "high", "low"]


def test_one_ladder_alone_tells_its_ways_in_words_and_all_of_them_by_signs_with_a_key():
    alone, together = drawn(flow_of(LIFE), "life"), drawn(flow_of(LIFE))
    assert said(flow_svg(alone, "en")).count("Phone alert") == 3
    assert said(flow_svg(together, "en")).count("Phone alert") == 1
    signs = [shape.name for shape in flow_sheet(together, "en").shapes if isinstance(shape, Sign)]
    assert signs.count("webhook") == 4


def shapes_of_everything() -> list[Sheet]:
    return [flow_sheet(PICTURE, "en"), *(flow_sheet(drawn(flow_of(*LADDERS), ladder.name), "en") for ladder in LADDERS)]


def test_every_shape_has_its_drawing():
    shapes = [shape for sheet in shapes_of_everything() for shape in sheet.shapes]
    assert {f"tocsin-{shape.name}" for shape in shapes if isinstance(shape, Sign)} <= set(re.findall('symbol id="(.+?)"', DRAWING))
    for kind in (Box, Line, Dot):
        looks = {f"{kind.kind}-{shape.look}" for shape in shapes if isinstance(shape, kind)}
        assert looks <= set(re.findall(r"\.([\w-]+) {", DRAWING)), kind
    assert {f"tocsin-{way}" for way in WAYS} <= set(re.findall('symbol id="(.+?)"', DRAWING))


@pytest.mark.parametrize("severity", SEVERITY_WORDS)
def test_severities_have_the_colours_of_the_console(severity):
    console = (ROOT / "templates/pages/console.css").read_text(encoding="utf-8")
    colour = re.search(rf"--{severity}: (#\w+);", console)[1]
    assert f".of-tone.tone-{severity} {{ fill: {colour}; }}" in DRAWING


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_role_check_and_kind_has_its_word(language):
    sheet = vars(templates.sheet("picture", language))
    assert set(sheet["ways"]) == set(WAYS)
    assert set(sheet["role_words"]) == set(ROLES)
    assert set(sheet["finding_words"]) == set(CHECK_NAMES)
    assert all(templates.say("kind.word", language, kind=kind) for kind in KINDS)


@pytest.mark.parametrize(
    ("count", "words"), [(0.5, "30 s"), (1.5, "1 min 30 s"), (45, "45 min"), (90, "1 h 30 min"), (2880, "2 days"), (1500, "25 h")]
)
def test_a_span_is_said_in_its_greatest_units(count, words):
    assert templates.say("picture.span", "en", minutes=count).replace("\u00a0", " ") == words


def test_texts_are_told_apart_from_other_shapes():
    sheet = flow_sheet(PICTURE, "en")
    assert list(sheet.texts()) == [shape for shape in sheet.shapes if isinstance(shape, Text)] != []
