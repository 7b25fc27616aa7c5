"""Cards of the Teams door as a page that looks like Teams: drawn by Microsoft's own renderer, for pictures of what people see."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ADAPTIVE = Path(__file__).parent / "adaptive"
MODULES = ADAPTIVE / "node_modules"
STYLE = """
*{box-sizing:border-box}body{margin:0;padding:16px;font:14px/20px "Segoe UI",Inter,"DejaVu Sans Condensed",sans-serif;background:#f0f0f0;color:#242424}
body.dark{background:#141414;color:#fff;color-scheme:dark}
main{columns:var(--columns);column-gap:16px}figure{margin:0 0 16px;break-inside:avoid}figcaption{color:#767676;font-size:12px;margin:0 0 4px}
.card{background:#fff;border:1px solid #e0e0e0;border-radius:4px;overflow:hidden}.dark .card{background:#292929;border-color:#3d3d3d}
.window h1{font-size:18px;line-height:24px;font-weight:700;margin:0;padding:16px 16px 0}
.ac-textBlock p{margin:0}.ac-textBlock p+p{margin-top:8px}.ac-actionSet{gap:8px 0}
.ac-pushButton{font:600 14px/20px "Segoe UI",Inter,"DejaVu Sans Condensed",sans-serif;height:32px;padding:5px 12px;border:1px solid #d1d1d1;border-radius:4px;
background:#fff;color:#242424;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.dark .ac-pushButton{background:#292929;color:#fff;border-color:#666}
.ac-pushButton.style-positive{background:#5b5fc7;border-color:#5b5fc7;color:#fff}.ac-pushButton.style-destructive{background:#c4314b;border-color:#c4314b;color:#fff}
.ac-input{font:14px/20px "Segoe UI",Inter,"DejaVu Sans Condensed",sans-serif;color:inherit;width:100%}
.ac-textInput,.ac-dateInput,.ac-timeInput,.ac-choiceSetInput-compact{background:#f3f2f1;border:1px solid #f3f2f1;border-radius:4px;padding:5px 10px;min-height:32px}
.dark .ac-textInput,.dark .ac-dateInput,.dark .ac-timeInput,.dark .ac-choiceSetInput-compact{background:#1f1f1f;border-color:#1f1f1f;color:#fff}
.ac-textInput.ac-multiline{min-height:96px}.called{color:#5b5fc7;font-weight:600}.dark .called{color:#9299f7}
"""
SCRIPT = """
const markdown = window.markdownit();
cards.AdaptiveCard.onProcessMarkdown = (text, result) => { result.outputHtml = markdown.render(text); result.didProcess = true; };
for (const [title, card, window_] of shown) {
  const drawn = new cards.AdaptiveCard();
  drawn.hostConfig = new cards.HostConfig(hostConfig(dark));
  drawn.parse(card);
  const figure = document.createElement("figure"), frame = document.createElement("form"), caption = document.createElement("figcaption");
  caption.textContent = title;
  frame.className = window_ ? "card window" : "card";
  if (window_) { const head = document.createElement("h1"); head.textContent = window_; frame.append(head); }
  frame.append(drawn.render());
  figure.append(...(title ? [caption] : []), frame);
  document.querySelector("main").append(figure);
  for (const { text } of card.msteams?.entities ?? []) {
    const name = text.replace(/<[^>]*>/g, "");
    frame.querySelectorAll(".ac-textBlock").forEach((one) => {
      one.innerHTML = one.innerHTML.replaceAll(`&lt;at&gt;${name}&lt;/at&gt;`, `<span class="called">${name}</span>`);
    });
  }
}
"""


def teams_page(shown: Mapping[str, Json], titles: Mapping[str, str], *, columns: int = 1, dark: bool = False, captions: bool = True) -> str:
    """Cards by name; those with a title stand in a window of their own."""
    listed = [[name if captions else "", card, titles.get(name, "")] for name, card in shown.items()]
    host = re.sub(r"^export ", "", (ADAPTIVE / "host.mjs").read_text(encoding="utf-8"), flags=re.MULTILINE)
    reader = (MODULES / "adaptivecards/dist/adaptivecards.min.js").read_text(encoding="utf-8")
    markdown = (MODULES / "markdown-it/dist/markdown-it.min.js").read_text(encoding="utf-8")
    data = f"const cards = AdaptiveCards, dark = {json.dumps(dark)}, shown = {json.dumps(listed)};".replace("</", "<\\/")
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body class="{"dark" if dark else ""}"><main style="--columns:{columns}"></main>'
        f"<script>{reader}</script><script>{markdown}</script><script>{host}\n{data}\n{SCRIPT}</script>"
    )
