"""What goes outside: camping things and umbrellas."""

from .canvas import CREAM, GLOW, INK, METAL, WOOD, circle, line, mirrored, rect, shape
from .kinds import kind


@kind("standing")
def tent(c):
    return "".join((
        line("M200 96L188 76M200 96L212 76", WOOD, 8), line("M90 262L38 334M310 262L362 334", METAL, 4),
        shape("M200 92L346 334H54Z", c.base), shape("M200 92L346 334H262Z", c.light),
        shape("M200 140L258 334H142Z", c.darker), shape("M200 140L142 334H116L194 130Z", c.pale),
        shape("M200 140L258 334H284L206 130Z", c.pale), circle(200, 250, 14, GLOW), line("M200 140V236", INK, 3),
    ))


@kind("hanging")
def umbrella(c):
    return "".join((
        line("M200 64V314C200 350 148 350 148 314", WOOD, 11), line("M200 44V64", INK, 8),
        shape("M44 214C50 120 120 64 200 64S350 120 356 214Q330 190 304 214Q278 190 252 214Q226 190 200 214"
              "Q174 190 148 214Q122 190 96 214Q70 190 44 214Z", c.base),
        shape("M200 64C150 96 146 160 148 214Q122 190 96 214C100 150 130 96 200 64Z", c.light),
        shape("M200 64C250 96 254 160 252 214Q278 190 304 214C300 150 270 96 200 64Z", c.dark),
    ))


@kind("standing")
def camp_chair(c):
    return "".join((
        line("M118 120L268 334M282 120L132 334", WOOD, 12),
        shape("M110 84H290L282 206Q200 226 118 206Z", c.base), shape("M110 84H290L288 108H112Z", c.dark),
        shape("M104 212Q200 240 296 212L308 262Q200 290 92 262Z", c.light), line("M96 258Q200 286 304 258", c.dark, 8),
        mirrored(line("M92 200H130", WOOD, 13), line("M96 202L92 262", WOOD, 9)),
        line("M146 140H254M146 160H222", c.pale, 6),
    ))


@kind("standing")
def lantern(c):
    return "".join((
        circle(200, 226, 140, GLOW, 0.4), line("M140 136C140 46 260 46 260 136", METAL, 8),
        shape("M146 150H254L240 108H160Z", c.base), rect(134, 146, 132, 18, c.dark, 8),
        rect(150, 164, 100, 118, CREAM, 8), shape("M200 184C238 228 226 264 200 264S162 228 200 184Z", "#f3b24c"),
        shape("M200 220C216 240 212 258 200 258S184 240 200 220Z", CREAM), line("M160 168V280M240 168V280", METAL, 6),
        shape("M140 280H260L274 320Q276 336 260 336H140Q124 336 126 320Z", c.base), line("M146 308H254", c.light, 6),
    ))
