"""What lies on a desk: electronics and stationery."""

from .canvas import CREAM, GLOW, INK, METAL, WOOD, circle, group, line, mirrored, rect, shape
from .kinds import kind


@kind("standing")
def headphones(c):
    return "".join((
        line("M98 238C90 40 310 40 302 238", c.dark, 24), line("M132 120C160 84 240 84 268 120", c.light, 8),
        mirrored(rect(112, 216, 34, 108, c.darker, 16), rect(72, 208, 58, 124, c.base, 28),
                 rect(82, 230, 10, 80, c.light, 5), rect(90, 176, 16, 48, METAL, 7)),
    ))


@kind("lying")
def keyboard(c):
    rows = ((164, range(74, 330, 28)), (194, range(82, 330, 27)), (224, range(90, 320, 27)))
    keys = "".join(f"M{x} {y}h0" for y, columns in rows for x in columns)
    return "".join((
        rect(44, 138, 320, 152, INK, 22, 0.13), rect(40, 126, 320, 156, c.base, 22),
        rect(52, 138, 296, 132, c.dark, 14),
        line(keys, CREAM, 20), line("M74 254h14M112 254h14M154 254h102M288 254h36", CREAM, 20),
        line("M74 164h0M324 254h0", "#e8845c", 20), line("M320 194h0", "#7fb0c9", 20),
        line("M200 126C200 96 236 92 236 62", INK, 6),
    ))


@kind("standing")
def speaker(c):
    return "".join((
        line("M160 92C160 48 240 48 240 92", WOOD, 11),
        rect(116, 82, 168, 246, c.base, 36), rect(126, 92, 148, 226, c.light, 30),
        circle(200, 238, 60, c.darker), circle(200, 238, 44, c.dark), circle(200, 238, 18, c.pale),
        circle(200, 136, 28, c.darker), circle(200, 136, 12, c.pale),
        mirrored(rect(142, 326, 30, 12, INK, 4)), circle(248, 112, 5, GLOW),
    ))


@kind("lying")
def mouse(c):
    return "".join((
        line("M200 98C200 60 150 62 156 18", INK, 6), rect(126, 96, 160, 240, INK, 80, 0.13),
        rect(120, 84, 160, 246, c.base, 80), shape("M120 190V164A80 80 0 0 1 196 84V190Z", c.light),
        shape("M280 190V164A80 80 0 0 0 204 84V190Z", c.light),
        rect(188, 112, 24, 56, c.darker, 12), rect(194, 122, 12, 20, GLOW, 6),
        line("M160 282Q200 312 240 282", c.dark, 6),
    ))


@kind("lying")
def notebook(c):
    return "".join((
        rect(106, 76, 208, 272, INK, 14, 0.13), rect(104, 68, 206, 270, CREAM, 12), rect(92, 62, 210, 270, c.base, 14),
        shape("M106 62H128V332H106Q92 332 92 318V76Q92 62 106 62Z", c.dark),
        rect(158, 112, 106, 66, CREAM, 8), line("M176 136H246M176 156H222", METAL, 6),
        rect(276, 62, 12, 270, c.darker), shape("M196 332H216V372L206 362L196 372Z", "#e8845c"),
    ))


@kind("lying")
def pen(c):
    parts = (rect(182, 40, 36, 128, c.base, 14), rect(188, 48, 8, 106, c.light, 4),
             rect(184, 160, 32, 10, WOOD), rect(184, 170, 32, 104, c.dark, 4), rect(190, 174, 7, 92, c.light, 3),
             shape("M186 274H214L208 306H192Z", INK), shape("M191 306H209L200 350Z", WOOD),
             line("M200 322V344", INK, 2),
             rect(214, 52, 10, 76, WOOD, 5))
    shadow = group("translate(12 10)", rect(184, 44, 34, 228, INK, 14, 0.13))
    stroke = line("M66 336C98 310 106 356 138 330S176 344 196 334", c.dark, 5)
    return group("rotate(38 200 196)", shadow, *parts) + stroke


@kind("standing")
def clock(c):
    ticks = "M200 118V132M200 272V286M116 202H130M270 202H284"
    return "".join((
        mirrored(line("M136 300L116 332", c.darker, 16), circle(128, 96, 34, c.dark)),
        rect(186, 58, 28, 34, c.darker, 8),
        circle(200, 202, 122, c.base), circle(200, 202, 98, CREAM), line(ticks, METAL, 8),
        line("M200 202V146", INK, 9), line("M200 202L242 226", INK, 9), circle(200, 202, 10, "#e8845c"),
    ))


@kind("lying")
def pencil_case(c):
    pencils = (rect(120, 108, 22, 120, GLOW), shape("M120 108H142L131 78Z", WOOD), rect(152, 92, 22, 120, "#e8845c"),
               shape("M152 92H174L163 62Z", WOOD), rect(246, 100, 30, 120, "#7fb0c9", 3))
    return "".join((
        *pencils, line("M256 112H266M256 128H266M256 144H266M256 160H266", CREAM, 4),
        rect(66, 180, 280, 152, INK, 34, 0.13), rect(60, 168, 280, 154, c.base, 34),
        rect(60, 168, 280, 60, c.light, 30),
        line("M86 222H314", CREAM, 7), rect(300, 214, 34, 16, WOOD, 6), shape("M150 262h100v28h-100z", c.dark),
    ))
