"""The register of silhouettes: one function per kind of product, drawn on 400 x 400 in the tones of one colour."""

KINDS = {}


def kind(pose):
    """Registers a silhouette under its function's name; the pose is `standing`, `hanging` or `lying`."""
    def register(draw):
        KINDS[draw.__name__] = (draw, pose)
        return draw
    return register
