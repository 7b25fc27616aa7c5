"""A FLOW of three tags: the machine has read it in a moment, so that a story may start many processes."""

from pathlib import Path

RULES = """\
flow: small
version: 1
title: {en: Small, es: Pequeño, fr: Petit}
channels: [crisis, ordinary]
crisis:
  channel: crisis
  words: {en: ["hack*"], es: ["hacke*"], fr: ["pirat*"]}
ordinary:
  channel: ordinary
  words: {en: [opening hours], es: [horario], fr: [horaires]}
anger:
  words: {en: [shame], es: [vergüenza], fr: [honte]}
tags:
  money_missing:
    label: {en: Money, es: Dinero, fr: Argent}
    severity: high
    channel: crisis
    words: {en: [money], es: [dinero], fr: [argent]}
  password:
    label: {en: Password, es: Contraseña, fr: Mot de passe}
    severity: normal
    channel: crisis
    words: {en: ["password*"], es: ["contraseña*"], fr: [mot de passe]}
  thanks:
    label: {en: Thanks, es: Gracias, fr: Merci}
    severity: low
    channel: ordinary
    words: {en: ["thank*"], es: [gracias], fr: [merci]}
kinds: {unknown: low, affected: normal, not_affected: low, vulnerable: high, press: high, regulator: high, employee: low, business: low}
first_told: [lead]
"""
EXAMPLES = {
    "en": ("my data was stolen", "when do you open", "you fools", "my money is gone", "which password must I change", "thank you all"),
    "es": ("han robado mis datos", "a qué hora abren", "sinvergüenzas", "me falta dinero", "qué contraseña cambio", "gracias a todos"),
    "fr": ("mes données sont volées", "à quelle heure ouvrez-vous", "bande de nuls", "mon argent a disparu", "quel mot de passe changer", "merci à tous"),
}  # fmt: skip


def write_small_flow(folder: Path) -> Path:
    """The FLOW file, its examples beside it."""
    for language, (crisis, ordinary, anger, money, password, thanks) in EXAMPLES.items():
        (folder / f"small.examples.{language}.yaml").write_text(
            f"examples_of: small\nlanguage: {language}\ncrisis: [{crisis}]\nordinary: [{ordinary}]\nanger: [{anger}]\n"
            f"tags:\n  money_missing: [{money}]\n  password: [{password}]\n  thanks: [{thanks}]\n",
            encoding="utf-8",
        )
    file = folder / "small.yaml"
    file.write_text(RULES, encoding="utf-8")
    return file
