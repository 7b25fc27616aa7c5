"""Pictures of a FLOW and of a drill, in the reader's language: SVG for pages and files, PNG for workspaces, Mermaid for documents."""

from bot.pictures.drill_layout import drill_sheet
from bot.pictures.flow_layout import flow_sheet
from bot.pictures.mermaid import flow_mermaid
from bot.pictures.paint import png, svg
from handlers.pictures.flow_picture import FlowPicture
from handlers.pictures.timeline_picture import Drill

__all__ = ["drill_png", "drill_svg", "flow_mermaid", "flow_png", "flow_svg"]


def flow_svg(flow: FlowPicture, language: str) -> str:
    return svg(flow_sheet(flow, language))


def flow_png(flow: FlowPicture, language: str) -> bytes:
    return png(flow_sheet(flow, language))


def drill_svg(drill: Drill, language: str) -> str:
    return svg(drill_sheet(drill, language))


def drill_png(drill: Drill, language: str) -> bytes:
    return png(drill_sheet(drill, language))
