"""What many customers ask, in the words of a few: groups of messages that mean the same, without anybody's personal data.

groups = group([Voice("Is my data safe?", "en"), …])   # the largest first, for each language
show(groups[0], voices)                                # the words of one of them, masked, and two more
"""

from flows.voices.grouping import Group, Voice, group
from flows.voices.showing import Shown, examples, sayable, show
from flows.voices.speaking import Speaking

__all__ = ["Group", "Shown", "Speaking", "Voice", "examples", "group", "sayable", "show"]
