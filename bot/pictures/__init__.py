"""Pictures of a FLOW, a drill, a digest, a moment, in the reader’s language: SVG for pages, PNG for workspaces, Mermaid for documents."""

from bot.pictures import paint
from bot.pictures.drill_layout import drill_sheet
from bot.pictures.flow_layout import flow_sheet
from bot.pictures.mermaid import flow_mermaid
from handlers.insight.status import Standing
from handlers.pictures.flow_picture import FlowPicture
from handlers.pictures.timeline_picture import Drill

__all__ = ["drill_png", "drill_svg", "flow_mermaid", "flow_png", "flow_svg", "png"]


def png(picture: FlowPicture | Drill | Standing, language: str, timezone: str = "UTC") -> bytes:
    """Whatever a Drawing carries. The time zone is for what tells the present time."""
    match picture:
        case FlowPicture():
            return flow_png(picture, language)
        case Drill():
            return drill_png(picture, language)
    from bot.pictures.charts import status_sheet  # noqa: PLC0415 - charts are drawn another way, which nobody else pays for

    return status_sheet(picture, language, timezone).content


def flow_svg(flow: FlowPicture, language: str) -> str:
    return paint.svg(flow_sheet(flow, language))


def flow_png(flow: FlowPicture, language: str) -> bytes:
    return paint.png(flow_sheet(flow, language))


def drill_svg(drill: Drill, language: str) -> str:
    return paint.svg(drill_sheet(drill, language))


def drill_png(drill: Drill, language: str) -> bytes:
    return paint.png(drill_sheet(drill, language))
