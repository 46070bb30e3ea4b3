"""What stands at home: cups and pots, lamps, the living room."""

from .canvas import CREAM, GLOW, INK, LEAF, METAL, circle, ellipse, group, line, mirrored, rect, shape
from .kinds import kind


@kind("standing")
def mug(c):
    return "".join((
        line("M256 186H284Q312 188 312 218V226Q312 262 276 264H250", c.dark, 20),
        shape("M106 144H266V284Q266 336 216 336H156Q106 336 106 284Z", c.base),
        shape("M106 144H136V292Q138 322 160 336H156Q106 336 106 284Z", c.light),
        shape("M106 214Q146 236 186 214T266 214V250Q226 272 186 250T106 250Z", c.pale),
        ellipse(186, 144, 80, 17, c.dark), ellipse(186, 147, 68, 12, "#8a5a3c"),
        line("M162 112C150 96 174 86 162 66M208 112C196 96 220 86 208 66", "#ffffff", 7, 0.8),
    ))


@kind("standing")
def thermos(c):
    return "".join((
        line("M224 74H262Q276 74 276 90V118Q276 132 260 132H246", c.darker, 9),
        rect(158, 56, 84, 66, c.darker, 16), rect(150, 112, 100, 16, METAL, 6),
        rect(140, 124, 120, 212, c.base, 28),
        rect(156, 148, 14, 156, c.light, 7),
        shape("M140 262H260V282H140Z", c.dark),
        shape("M212 190L232 226H192Z", c.pale), shape("M196 204L208 226H184Z", CREAM),
    ))


@kind("standing")
def teapot(c):
    return "".join((
        line("M112 206C40 190 40 306 118 292", c.dark, 18),
        shape("M278 244C326 240 316 186 346 168L368 184C344 210 352 300 268 306Z", c.dark),
        rect(140, 316, 110, 20, c.darker, 8),
        ellipse(195, 250, 108, 82, c.base),
        shape("M100 214A108 82 0 0 1 290 214Q195 246 100 214Z", c.light),
        shape("M134 186Q195 132 256 186Q195 204 134 186Z", c.dark), circle(195, 150, 15, c.darker),
        line("M130 276Q162 300 204 302", c.light, 6),
        circle(240, 268, 11, c.pale), circle(222, 286, 7, c.pale),
    ))


@kind("standing")
def desk_lamp(c):
    return "".join((
        shape("M87 159L208 229L270 336H34Z", GLOW, 0.6),
        rect(222, 314, 128, 22, c.dark, 11),
        line("M288 314L326 204L200 104", METAL, 10),
        circle(326, 204, 13, c.darker), circle(288, 312, 11, c.darker),
        group("translate(200 104) rotate(30)", ellipse(0, 104, 34, 24, "#fff3cf"), rect(-19, -22, 38, 48, c.darker, 12),
              shape("M-24 18H24L70 104H-70Z", c.base), shape("M-24 18H-8L-40 104H-70Z", c.light)),
    ))


@kind("hanging")
def pendant_lamp(c):
    return "".join((
        shape("M96 246H304L460 600H-60Z", GLOW, 0.45),
        line("M200 -120V110", INK, 6),
        rect(184, 104, 32, 30, c.darker, 6),
        circle(200, 246, 30, GLOW),
        shape("M92 246C92 168 150 126 200 126S308 168 308 246Z", c.base),
        shape("M92 246C92 168 150 126 200 126C150 148 128 190 126 246Z", c.light),
        rect(86, 238, 228, 16, c.dark, 8),
    ))


@kind("standing")
def mushroom_lamp(c):
    return "".join((
        circle(200, 220, 150, GLOW, 0.4),
        shape("M168 222C178 270 164 300 140 318H260C236 300 222 270 232 222Z", CREAM),
        shape("M208 222H232C222 270 236 300 260 318H224C214 296 206 262 208 222Z", "#f0e2c8"),
        rect(124, 314, 152, 22, c.dark, 11),
        ellipse(200, 224, 92, 20, GLOW),
        shape("M80 212C80 112 140 84 200 84S320 112 320 212Q320 230 300 228Q200 204 100 228Q80 230 80 212Z", c.base),
        line("M108 184C114 146 134 126 158 116", c.pale, 10),
        circle(228, 130, 15, c.light), circle(270, 172, 12, c.light), circle(196, 176, 10, c.light),
    ))


@kind("standing")
def cushion(c):
    return "".join((
        shape("M84 116Q200 92 316 116Q332 118 330 134Q308 226 330 318Q332 334 316 336Q200 322 84 336Q68 334 70 318"
              "Q92 226 70 134Q68 118 84 116Z", c.dark),
        shape("M92 124Q200 104 308 124Q318 128 316 138Q296 226 316 312Q318 322 308 326Q200 312 92 326Q82 322 84 312"
              "Q104 226 84 138Q82 128 92 124Z", c.base),
        line("M112 182Q156 158 200 182T288 182M108 228Q154 204 200 228T292 228M112 274Q156 250 200 274T288 274",
             c.pale, 8),
        mirrored(circle(78, 124, 9, c.darker), circle(78, 328, 9, c.darker)),
    ))


@kind("standing")
def vase(c):
    leaf = "q30 -8 38 -38q-32 4 -38 38"
    mirror_leaf = "q-30 -8 -38 -38q32 4 38 38"
    return "".join((
        line("M196 190C190 140 160 110 148 70M204 190C208 130 236 110 252 62M200 190V52", LEAF, 5),
        shape(f"M158 100{leaf}M238 92{leaf}M214 150{leaf}"
              f"M176 134{mirror_leaf}M222 124{mirror_leaf}M200 92{mirror_leaf}", LEAF),
        circle(148, 66, 13, GLOW), circle(252, 58, 13, GLOW), circle(200, 48, 15, GLOW),
        shape("M166 180H234Q230 206 254 226Q290 258 270 306Q258 336 236 336H164Q142 336 130 306Q110 258 146 226"
              "Q170 206 166 180Z", c.base),
        shape("M166 180H190Q192 208 172 232Q140 266 158 312Q166 336 164 336Q142 336 130 306Q110 258 146 226"
              "Q170 206 166 180Z", c.light),
        rect(158, 172, 84, 15, c.dark, 7),
        line("M128 286Q200 304 272 286", c.pale, 6),
    ))
