"""The demo's pictures. Colours go in by their Chinese names, SVG texts come out."""

from . import desk, home, outdoors, worn  # noqa: F401 (they fill KINDS)
from .canvas import PALETTE, Tones, group, plain_backdrop, scene_backdrop, svg
from .kinds import KINDS
from .marks import brand_picture

__all__ = ["brand_picture", "detail_picture", "list_picture", "picture_name"]

# Where a silhouette goes in its detail picture: on the table, below the ceiling, on a desk seen from above.
PLACES = {
    "standing": "translate(14 61) scale(.82)",
    "hanging": "translate(58 12) scale(.8)",
    "lying": "rotate(-7 200 200) translate(32 32) scale(.84)",
}


def picture_name(kind, colour):
    """The file name, without folder, that a kind of product has in a colour."""
    return f"{kind.replace('_', '-')}-{PALETTE[colour].slug}.svg"


def list_picture(kind, colour):
    """The product alone, for lists and the head of the detail page."""
    draw, pose = KINDS[kind]
    return svg(plain_backdrop(PALETTE[colour], pose), draw(Tones(PALETTE[colour].tone)))


def detail_picture(kind, colour):
    """The product in a room."""
    draw, pose = KINDS[kind]
    return svg(scene_backdrop(PALETTE[colour], pose), group(PLACES[pose], draw(Tones(PALETTE[colour].tone))))
