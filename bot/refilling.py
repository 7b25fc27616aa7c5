"""A form begun anew from another starting point, without losing a word that somebody has typed; pure."""

from collections.abc import Mapping
from dataclasses import replace

from handlers.ports import Field, FieldKind, Form

Origin = Mapping[str, str]
Said = Mapping[str, tuple[str, ...]]
OWN, TURN = "own", "turn"  # kept with the form: how many characters of its text a person wrote, and how often it was begun anew
GAP = "\n\n"


def refilled(form: Form, before: Said, now: Said, origin: Origin) -> tuple[Form, Origin]:
    """`form` as the new starting point makes it, with what stands there `now` by hand; and what it must keep. `before` is what we had put
    into its fields.
    """
    texts = {field.name: _own_words(field.name, before, now, origin) for field in form.fields if field.kind is FieldKind.LONG}
    by_hand = any(texts.values())
    fields = tuple(
        _with_text(field, texts[field.name]) if field.name in texts else _with_choice(field, before, now, by_hand=by_hand)
        for field in form.fields
    )
    kept = {OWN: str(max(map(len, texts.values()), default=0)), TURN: str(int(origin.get(TURN) or 0) + 1)}
    return replace(form, fields=fields), {**origin, **kept}


def _own_words(name: str, before: Said, now: Said, origin: Origin) -> str:
    """What a person wrote: all that stands there but the words of the starting point chosen before."""
    put, typed = _one(name, before), _one(name, now)
    begun = put[int(origin.get(OWN, len(put))) :].strip()
    return (typed.replace(begun, "", 1) if begun else typed).strip()


def _with_text(field: Field, own: str) -> Field:
    words = GAP.join(part for part in (own, *field.initial) if part)
    return replace(field, initial=(words,) if words else ())


def _with_choice(field: Field, before: Said, now: Said, *, by_hand: bool) -> Field:
    """A choice of the person's own stays. What the last starting point chose stays too, while some of its words may stand."""
    if field.refills:
        return field
    typed = now.get(field.name, ())
    chosen_by_hand = typed != before.get(field.name, ())
    says_nothing = field.initial == tuple(option.value for option in field.options[:1])
    return replace(field, initial=typed) if chosen_by_hand or (by_hand and says_nothing and typed) else field


def _one(name: str, said: Said) -> str:
    return said.get(name, ("",))[0]
