"""Which recurrence rules of a calendar are read: those whose next day is never far, however the rule is written."""

from __future__ import annotations

import re

_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"})
_BY_FREQUENCY = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"}),
}
_WEEKDAY = "MO|TU|WE|TH|FR|SA|SU"
_DAY = re.compile(rf"([+-]?[1-5])?(?:{_WEEKDAY})")
_FORMS = {
    "INTERVAL": re.compile(r"[1-9]\d{0,2}", re.ASCII),
    "COUNT": re.compile(r"[1-9]\d{0,8}", re.ASCII),
    "UNTIL": re.compile(r"\d{8}(?:T\d{6}Z?)?", re.ASCII),
    "WKST": re.compile(_WEEKDAY),
    "BYDAY": re.compile(rf"{_DAY.pattern}(?:,{_DAY.pattern}){{0,30}}"),
    "BYMONTH": re.compile(r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2])){0,11}"),
    "BYMONTHDAY": re.compile(r"-?(?:[1-9]|[12]\d|3[01])(?:,-?(?:[1-9]|[12]\d|3[01])){0,30}", re.ASCII),
    "BYSETPOS": re.compile(r"-?[1-4]"),
}
_SURE_DAY = 28  # every month has it
_SURE_WEEKS = 4  # and so many of each weekday


def rule_fault(rule: str) -> str:
    """Why an RRULE is refused, "" when it is read.

    Refused is what repeats within a day, what the library does not know, and what may fit no day at all (30 February): looking
    for its next day would go on until the year 9999.
    """
    parts = dict(part.partition("=")[::2] for part in rule.upper().rstrip(";").split(";"))
    frequency = parts.get("FREQ", "")
    if frequency not in _BY_FREQUENCY:
        return f"repeats {frequency or 'at no known rhythm'}, and not daily, weekly, monthly or yearly"
    if unknown := sorted(parts.keys() - _PARTS):
        return f"has {unknown[0][:40]!r}, which is not read"
    misfit = next((name for name, form in _FORMS.items() if name in parts and not form.fullmatch(parts[name])), "")
    if misfit:
        return f"has {misfit}={parts[misfit][:40]}, which is not read"
    filters = {name for name in parts if name.startswith("BY")}
    if not filters <= _BY_FREQUENCY[frequency] or not _surely_comes(parts, filters):
        return "may fit no day at all"
    return ""


def steps_of(rule: str, days: int) -> int:
    """How many candidates at most are looked at to go through so many days."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().rstrip(";").split(";"))
    if parts["FREQ"] == "WEEKLY":
        days = days * (1 + parts.get("BYDAY", "").count(",")) // 7
    return min(days // int(parts.get("INTERVAL", "1")), int(parts.get("COUNT", "1000000000")) * 366)


def _surely_comes(parts: dict[str, str], filters: set[str]) -> bool:
    interval = int(parts.get("INTERVAL", "1"))
    counted = [int(number) for number in re.findall(r"([+-]?\d)[A-Z]", parts.get("BYDAY", ""))]
    if parts["FREQ"] in ("DAILY", "WEEKLY"):
        return not counted and (parts["FREQ"] == "WEEKLY" or not filters or interval % 7 != 0)
    if filters == {"BYMONTH"}:  # on the day of the first event, which that month may not have
        return False
    if counted and len(counted) <= parts["BYDAY"].count(","):  # "MO,1TU": the library wants a day that is both
        return False
    if "BYSETPOS" in filters:
        return filters - {"BYMONTH"} == {"BYDAY", "BYSETPOS"} and not counted
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    if {"BYDAY", "BYMONTHDAY"} <= filters:  # Friday the 13th
        return interval == 1 and not counted and min(days) <= _SURE_DAY
    narrow = interval > 1 or "BYMONTH" in filters
    return not narrow or (min(days, default=1) <= _SURE_DAY and min(map(abs, counted), default=1) <= _SURE_WEEKS)
