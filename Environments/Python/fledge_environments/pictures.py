"""Pictures of scenes, as `fledge_plugin.h` writes them, with numpy alone."""
import numpy

# Told apart by people who confuse red and green too (Okabe and Ito 2008); those of Fledge's own films.
COLORS = {
    "obstacle": 0xB8B4AC, "body": 0x0072B2, "limb": 0x56B4E9, "farLimb": 0x2F5F7D, "goal": 0xD55E00,
    "region": 0xEFEDE8, "ray": 0xE3C77A, "change": 0xCC79A7,
}
THINNEST = 1.0  # The half width of a line without thickness, in pixels.
SIZES = (16, 1024)


def size_of(scene, longest=480):
    """Height and width of a scene's picture, both even, as films need them."""
    extent = numpy.subtract(scene["upperBound"], scene["lowerBound"], dtype=float)
    size = numpy.clip(longest * extent[::-1] / max(extent.max(), 1e-9), *SIZES)
    return tuple(int(round(length)) // 2 * 2 for length in size)


def picture(scene, size):
    """A scene as rows of pixels, `[row, column, 3]`: red, green, blue from 0 to 255."""
    height, width = size
    low = numpy.array(scene["lowerBound"], float)
    extent = numpy.maximum(numpy.array(scene["upperBound"], float) - low, 1e-9)
    scale = min(width / extent[0], height / extent[1])
    pixels = numpy.full((height, width, 3), 255.0)
    for shape in scene["shapes"]:
        points = (numpy.array(shape["points"], float).reshape(-1, 2) - low) * scale
        # Rows run downwards; what lies far outside only has to stay there.
        points[:, 1] = height - points[:, 1]
        points = numpy.clip(points, -1e5, 1e5)
        radius = max(min(shape.get("radius", 0) * scale, 1e5), 0.0)
        if len(points) and numpy.isfinite(points).all() and numpy.isfinite(radius):
            draw(pixels, points, radius, shape.get("isClosed", False), color(shape.get("role")))
    return numpy.rint(pixels).astype(numpy.uint8)


def color(role):
    digits = COLORS.get(role, 0x222222)
    return numpy.array([digits >> 16 & 255, digits >> 8 & 255, digits & 255], float)


def draw(pixels, points, radius, is_closed, ink):
    """Covers what lies within a radius of a path, or of the polygon that it encloses."""
    reach = max(radius, 0.0 if is_closed else THINNEST)
    height, width, _ = pixels.shape
    first = numpy.floor(numpy.clip(points.min(0) - reach - 1, 0, [width, height])).astype(int)
    last = numpy.ceil(numpy.clip(points.max(0) + reach + 1, 0, [width, height])).astype(int)
    if (last <= first).any():
        return
    x, y = numpy.meshgrid(
        numpy.arange(first[0], last[0]) + 0.5, numpy.arange(first[1], last[1]) + 0.5
    )
    ends = numpy.roll(points, -1, 0) if is_closed else points[1:]
    starts = points if is_closed or len(points) == 1 else points[:-1]
    ends = points if len(points) == 1 else ends
    distance = numpy.full(x.shape, numpy.inf)
    is_inside = numpy.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(starts, ends):
        dx, dy = bx - ax, by - ay
        along = numpy.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
        distance = numpy.minimum(distance, numpy.hypot(x - ax - along * dx, y - ay - along * dy))
        if is_closed and ay != by:
            # A ray to the right from within crosses the border an odd number of times.
            crosses = ((ay > y) != (by > y)) & (x < ax + (y - ay) * dx / dy)
            is_inside ^= crosses
    distance[is_inside] *= -1
    share = numpy.clip(reach - distance + 0.5, 0, 1)[..., None]
    part = pixels[first[1] : last[1], first[0] : last[0]]
    part += share * (ink - part)
