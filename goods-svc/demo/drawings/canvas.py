"""What every picture is made of: the palette, SVG primitives, and the two backgrounds a product is shown on."""

from typing import NamedTuple

INK = "#3d4252"
CREAM = "#fff8ec"
WOOD = "#c99a6b"
METAL = "#aeb4c0"
GLOW = "#ffe3a1"
LEAF = "#7fa48a"


class Colour(NamedTuple):
    """A colour products come in: the slug used in file names, its tone, and a background it stands out from."""

    slug: str
    tone: str
    backdrop: str


PALETTE = {
    "藏蓝": Colour("navy", "#3b5a91", "#dfe8f5"),
    "墨绿": Colour("forest", "#41735c", "#e0eee3"),
    "砖红": Colour("brick", "#c0583f", "#f8e4db"),
    "雾蓝": Colour("mist", "#86abcb", "#e6eff6"),
    "豆绿": Colour("sage", "#93b08f", "#eaf2e6"),
    "奶白": Colour("cream", "#efdfc3", "#cfdcd8"),
    "炭黑": Colour("charcoal", "#474c58", "#e5e7eb"),
    "姜黄": Colour("mustard", "#dfa738", "#fbf0d4"),
    "樱粉": Colour("blush", "#e79fa3", "#fceaea"),
    "银灰": Colour("silver", "#a9b0bd", "#eceff3"),
    "赭石": Colour("ochre", "#b27a4a", "#f5e9dc"),
    "藕紫": Colour("mauve", "#a489b1", "#f1e9f4"),
}


def mix(first, second, share):
    """Blends two `#rrggbb` colours; `share` is how much of the second goes in."""
    channels = ((int(first[i:i + 2], 16), int(second[i:i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


class Tones:
    """The shades of one colour: everything a silhouette needs to look round without outlines."""

    def __init__(self, base):
        self.base = base
        self.dark = mix(base, "#20243a", 0.20)
        self.darker = mix(base, "#20243a", 0.40)
        self.light = mix(base, "#ffffff", 0.22)
        self.pale = mix(base, "#ffffff", 0.55)


def _tag(name, paint, **attributes):
    pairs = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{pairs} {paint}/>"


def _fill(colour, opacity):
    return f'fill="{colour}"' + (f' opacity="{opacity}"' if opacity < 1 else "")


def rect(x, y, width, height, colour, radius=0, opacity=1):
    rounding = {"rx": radius} if radius else {}
    return _tag("rect", _fill(colour, opacity), x=x, y=y, width=width, height=height, **rounding)


def circle(x, y, radius, colour, opacity=1):
    return _tag("circle", _fill(colour, opacity), cx=x, cy=y, r=radius)


def ellipse(x, y, rx, ry, colour, opacity=1):
    return _tag("ellipse", _fill(colour, opacity), cx=x, cy=y, rx=rx, ry=ry)


def shape(d, colour, opacity=1):
    """A filled path."""
    return _tag("path", _fill(colour, opacity), d=d)


def line(d, colour, width, opacity=1):
    """A stroked path with round ends."""
    faint = f' opacity="{opacity}"' if opacity < 1 else ""
    stroke = f'fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"'
    return _tag("path", stroke + faint, d=d)


def group(transform, *parts):
    return f'<g transform="{transform}">{"".join(parts)}</g>'


def mirrored(*parts):
    """The parts and their mirror image about the middle of the picture."""
    drawn = "".join(parts)
    return drawn + group("matrix(-1 0 0 1 400 0)", drawn)


def svg(*parts):
    return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">\n' + "\n".join(parts) + "\n</svg>\n"


def plain_backdrop(colour, pose):
    """The list picture's background: one soft disc, and a shadow below whatever stands."""
    disc = circle(200, 200, 172, mix(colour.backdrop, "#ffffff", 0.45))
    shadow = ellipse(200, 337, 130, 12, INK, 0.13) if pose == "standing" else ""
    return rect(0, 0, 400, 400, colour.backdrop) + disc + shadow


def _sprig(x, y, turn):
    leaves = "".join(shape(f"M0 {-at}q{side * 34} -6 {side * 44} -34q{side * -34} 0 {side * -44} 34", LEAF)
                     for at, side in ((10, 1), (34, -1), (58, 1), (82, -1)))
    return group(f"translate({x} {y}) rotate({turn})", line("M0 30V-120", LEAF, 4), leaves)


def scene_backdrop(colour, pose):
    """The detail picture's background: a sunlit wall above a table, or a desk seen from above."""
    wall = rect(0, 0, 400, 400, mix(colour.backdrop, "#ffffff", 0.15))
    if pose == "lying":
        sheet = group("rotate(-7 200 200)", rect(52, 62, 296, 276, "#ffffff", 10, 0.75))
        return wall + sheet + _sprig(352, 392, -28)
    sun = shape("M40 0H150L38 420H-72ZM180 0H250L138 420H68Z", "#ffffff", 0.4)
    if pose == "hanging":
        return wall + sun + _sprig(38, 388, 14) + _sprig(62, 400, 40)
    table = rect(0, 300, 400, 100, mix(WOOD, "#ffffff", 0.35)) + rect(0, 300, 400, 7, mix(WOOD, "#ffffff", 0.6))
    pot = _sprig(352, 262, 8) + shape("M322 262H382L374 318H330Z", "#d98b6a") + rect(317, 256, 70, 14, "#c67a5a", 4)
    return wall + sun + table + pot + ellipse(178, 338, 118, 11, INK, 0.18)
