"""The marks of the invented brands: a white sign on a coloured roundel, no lettering, so no font is needed."""

from .canvas import CREAM, GLOW, INK, LEAF, circle, ellipse, line, rect, shape, svg


def _tit():
    return (
        shape("M96 232C110 160 176 128 232 150Q258 116 292 146L322 158L294 172"
              "C296 244 236 292 168 272L92 300Q116 264 96 232Z", CREAM),
        circle(268, 158, 8, INK),
        shape("M150 204Q206 188 238 208Q206 250 158 238Z", "#8fb0a3"),
    )


def _kiln():
    return (
        shape("M112 290V210C112 144 152 108 200 108S288 144 288 210V290Z", CREAM),
        shape("M200 160C244 212 236 272 200 272S156 212 200 160Z", "#e08a4f"),
        rect(98, 286, 204, 18, CREAM, 9),
    )


def _platform_moon():
    return (
        shape("M232 104A84 84 0 1 0 288 240A70 70 0 1 1 232 104Z", GLOW),
        line("M104 296H296", CREAM, 14),
        circle(280, 130, 7, CREAM), circle(314, 178, 5, CREAM),
    )


def _cotton():
    puffs = ((162, 166), (238, 166), (166, 220), (234, 220), (200, 140))
    return (
        *(circle(x, y, 46, CREAM) for x, y in puffs),
        line("M200 312V250", CREAM, 12),
        shape("M200 296Q138 296 132 240Q176 236 200 296Q224 236 268 240Q262 296 200 296Z", LEAF),
    )


def _whale():
    return (
        shape("M84 216C96 148 186 132 240 176Q266 200 282 168Q262 150 268 126Q288 128 298 146Q308 128 328 130"
              "Q330 154 308 168C318 252 252 292 184 288C124 284 82 262 84 216Z", CREAM),
        circle(138, 206, 9, INK),
        line("M96 238Q150 272 214 250", "#86abcb", 7),
        line("M162 128C162 106 146 104 140 112M162 128C162 106 178 104 184 112", CREAM, 8),
    )


def _cloud_box():
    return (
        shape("M128 212A42 42 0 0 1 140 130A62 62 0 0 1 256 122A46 46 0 0 1 276 212Z", CREAM),
        line("M152 250V270M184 240V282M216 252V266M248 244V276", CREAM, 14),
    )


def _seven_squares():
    corners = ((104, 104), (172, 104), (240, 104), (240, 172), (172, 172), (172, 240), (104, 240))
    return [rect(x, y, 56, 56, CREAM, 8) for x, y in corners]


def _sail():
    return (
        shape("M192 92V252H104Q170 190 192 92Z", CREAM),
        shape("M208 124Q296 176 288 252H208Z", GLOW),
        shape("M92 268H308Q290 312 252 312H148Q110 312 92 268Z", CREAM),
        ellipse(200, 330, 96, 7, CREAM, 0.5),
    )


MARKS = {
    "tit": ("#4f7d6d", _tit),
    "kiln": ("#a9573d", _kiln),
    "moon": ("#3f4a74", _platform_moon),
    "cotton": ("#d29aa0", _cotton),
    "whale": ("#486f99", _whale),
    "cloud": ("#5d6473", _cloud_box),
    "squares": ("#8c76a0", _seven_squares),
    "sail": ("#3f8a8c", _sail),
}


def brand_picture(name):
    colour, draw = MARKS[name]
    return svg(circle(200, 200, 190, colour), *draw())
