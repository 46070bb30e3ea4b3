"""What people carry and wear: bags, clothes, shoes."""

from .canvas import CREAM, INK, METAL, WOOD, circle, ellipse, group, line, mirrored, rect, shape
from .kinds import kind


@kind("standing")
def backpack(c):
    return "".join((
        line("M170 92C170 52 230 52 230 92", c.darker, 12),
        mirrored(shape("M108 236Q80 242 83 272L88 312Q90 326 108 326Z", c.darker)),
        shape("M108 172C108 112 148 84 200 84S292 112 292 172L298 308Q298 336 270 336H130Q102 336 102 308Z", c.base),
        shape("M116 160C116 116 155 96 200 96S284 116 284 160Q284 186 260 186H140Q116 186 116 160Z", c.light),
        rect(126, 222, 148, 92, c.dark, 20),
        line("M146 246H254", c.pale, 5),
        mirrored(rect(150, 138, 15, 80, c.darker, 5), rect(146, 192, 23, 15, WOOD, 4)),
        rect(181, 262, 38, 24, CREAM, 5),
    ))


@kind("standing")
def suitcase(c):
    ribs = "".join(rect(x, 104, 9, 206, c.dark) for x in (146, 172, 219, 245))
    return "".join((
        line("M172 108V56H228V108", METAL, 9), line("M172 56H228", INK, 13),
        mirrored(rect(128, 306, 24, 16, INK, 4), circle(140, 324, 12, INK)),
        rect(112, 100, 176, 214, c.base, 28), ribs,
        rect(120, 122, 8, 168, c.light, 4),
        line("M176 96Q200 78 224 96", c.darker, 9),
        rect(182, 148, 36, 36, CREAM, 8), circle(200, 166, 8, c.dark),
    ))


@kind("standing")
def tote(c):
    return "".join((
        line("M150 170V140C150 66 250 66 250 140V170", c.darker, 12),
        shape("M98 150H302L286 322Q285 336 271 336H129Q115 336 114 322Z", c.base),
        shape("M98 150H302L300 172H100Z", c.dark),
        line("M150 206V168C150 96 250 96 250 168V206", c.pale, 12),
        mirrored(circle(150, 206, 8, WOOD)),
        shape("M200 234C236 234 242 266 200 304C158 266 164 234 200 234Z", c.pale),
        line("M200 250V300M200 268L186 256M200 280L214 266", c.base, 4),
    ))


@kind("standing")
def crossbody(c):
    return "".join((
        line("M120 216C66 30 334 30 280 216", c.darker, 10),
        rect(98, 198, 204, 136, c.base, 30),
        shape("M98 228Q98 196 130 196H270Q302 196 302 228V252Q200 314 98 252Z", c.light),
        line("M112 254Q200 302 288 254", c.pale, 3),
        rect(184, 258, 32, 40, WOOD, 8), circle(200, 282, 6, CREAM),
    ))


def _hanger():
    return line("M200 96V78C200 64 222 64 220 48C218 36 200 36 198 48M200 92L130 122M200 92L270 122", WOOD, 7)


@kind("hanging")
def tshirt(c):
    return "".join((
        _hanger(),
        mirrored(shape("M146 112L94 132Q78 140 70 156L44 212L98 238L124 196Z", c.dark)),
        shape("M146 112Q200 158 254 112L288 130V326Q288 340 274 340H126Q112 340 112 326V130Z", c.base),
        line("M146 112Q200 160 254 112", c.darker, 8),
        rect(216, 190, 44, 46, c.light, 5), line("M218 202H258", c.dark, 3),
        line("M114 324H286", c.dark, 3),
    ))


@kind("hanging")
def hoodie(c):
    return "".join((
        mirrored(shape("M140 122L96 140Q74 150 68 176L42 300L86 312L124 216Z", c.dark),
                 shape("M42 298L86 310L82 328Q60 328 38 318Z", c.darker)),
        shape("M132 124Q200 150 268 124L292 142V316H108V142Z", c.base),
        rect(108, 312, 184, 26, c.darker, 6),
        shape("M132 128C120 70 160 44 200 44S280 70 268 128Q236 160 200 164Q164 160 132 128Z", c.light),
        shape("M156 124C150 86 172 70 200 70S250 86 244 124Q226 146 200 150Q174 146 156 124Z", c.darker),
        line("M178 152V212M222 152V206", CREAM, 5), circle(178, 214, 5, CREAM), circle(222, 208, 5, CREAM),
        shape("M150 240H250L272 296H128Z", c.dark),
    ))


@kind("standing")
def cap(c):
    return "".join((
        shape("M70 300C66 186 124 120 200 120S318 186 314 300Z", c.base),
        shape("M70 300C66 186 124 120 200 120C146 148 124 214 126 300Z", c.light),
        line("M202 122C244 156 262 220 260 290", c.dark, 4), circle(200, 120, 12, c.dark),
        shape("M166 232L194 184L222 232Z", c.pale),
        rect(66, 284, 250, 20, c.darker, 8),
        shape("M150 296H306C350 300 378 314 386 332Q388 340 376 338C310 322 236 322 158 334Q142 334 142 314Z", c.dark),
    ))


@kind("hanging")
def scarf(c):
    fringe = "".join(f"M{x} 332v20m108 -38v-20" for x in range(122, 171, 16))
    return "".join((
        line(fringe, c.dark, 6),
        shape("M222 150H286V296H222Z", c.dark), shape("M222 258H286V272H222Z", c.pale),
        shape("M114 150H178V334H114Z", c.base), shape("M114 290H178V304H114ZM114 312H178V320H114Z", c.pale),
        shape("M112 110C112 66 288 66 288 110V170C288 214 112 214 112 170Z", c.base),
        ellipse(200, 108, 64, 24, c.darker),
        line("M116 138C150 178 250 178 284 138M122 168C156 200 244 200 278 168", c.light, 7),
    ))


@kind("standing")
def sneaker(c):
    return "".join((
        shape("M46 300V186Q46 170 60 168Q78 168 84 184Q112 200 146 178L176 152Q184 146 192 156C220 206 262 228 316 238"
              "Q358 248 360 300Z", c.base),
        shape("M46 300V186Q46 170 60 168Q78 168 84 184Q96 194 108 194C94 226 98 262 112 300Z", c.dark),
        shape("M284 231L316 238Q358 248 360 300H280C274 270 276 248 284 231Z", c.light),
        line("M164 186L190 172M180 210L208 194M202 230L230 214", CREAM, 8),
        shape("M126 296C150 258 196 246 244 256L258 296Z", c.pale),
        rect(38, 292, 328, 42, CREAM, 20), rect(38, 320, 328, 14, c.darker, 7),
    ))


@kind("standing")
def rain_boot(c):
    boot = "M150 88H240V226C240 252 270 258 298 266Q336 278 336 320H150Z"
    return "".join((
        group("translate(-66 -12)", shape(boot, c.dark), rect(142, 80, 106, 26, c.darker, 10),
              rect(144, 312, 198, 20, INK, 10)),
        shape(boot, c.base), shape("M150 88H174V320H150Z", c.light),
        rect(142, 80, 106, 26, c.dark, 10), rect(144, 314, 198, 22, INK, 10),
        line("M296 284Q316 290 320 306", c.pale, 7), rect(194, 132, 46, 14, c.pale, 6),
    ))


@kind("lying")
def slippers(c):
    sole = ("M128 76C176 76 186 124 176 178C170 216 184 250 180 286C176 336 84 336 80 286"
            "C76 240 96 216 84 170C74 118 86 76 128 76Z")
    return mirrored(
        group("translate(6 8)", shape(sole, INK, 0.13)),
        shape(sole, CREAM), group("translate(13 20) scale(.9)", shape(sole, c.pale)),
        shape("M76 154C88 108 172 108 184 154L178 216Q130 188 86 216Z", c.base),
        line("M90 158Q130 132 170 158", c.light, 7),
    )
