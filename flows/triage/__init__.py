"""Triage: what a message is about, how grave, in which language, and whether it was said before; pure and offline."""

from flows.triage.encoder import UniversalEncoder, encoder_installed
from flows.triage.engine import Triage
from flows.triage.values import Click, Encoder, Suggestion

__all__ = ["Click", "Encoder", "Suggestion", "Triage", "UniversalEncoder", "encoder_installed"]
