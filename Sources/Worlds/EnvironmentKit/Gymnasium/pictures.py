"""What a world draws of itself: the fifth part of the worker's program."""
import struct
import zlib

# The longest side at which films show a picture, in pixels.
SHOWN_SIDE = 420


class Pictures:
    """What a worker answers about pictures."""

    def show(self, path):
        """Makes the world anew so that it can be pictured, and opens the file for its pictures."""
        metadata = getattr(self.worlds[0], "metadata", None) or {}
        modes = metadata.get("render_modes", metadata.get("render.modes")) or []
        if "rgb_array" not in modes:
            known = ", ".join(map(str, modes)) or "none"
            raise Problem(f"it can't be shown: of render modes its metadata has {known}, expected rgb_array")
        self.settings["keywords"]["render_mode"] = "rgb_array"
        try:
            self.worlds[0] = self.make()
        except Exception as error:
            raise Problem(f"it can't be made with render_mode=\"rgb_array\": {told(error)}") from None
        self.picture_shape = None
        self.picture_file = open(path, "r+b", buffering=0)
        return ""

    def rendered(self, world):
        return self.worlds[world].render()

    def picture(self, argument):
        """Writes what a world looks like now as a PNG file, and tells its size in bytes: `WORLD`."""
        try:
            picture = self.rendered(int(argument))
        except (Exception, SystemExit) as error:
            raise Problem(f"its render failed: {told(error)}") from None
        if not isinstance(picture, numpy.ndarray):
            raise Problem(f"its render gave {type(picture).__name__}, expected an array [height, width, 3] of uint8")
        shape = list(picture.shape)
        if picture.dtype != numpy.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise Problem(f"its render gave {shape} of {picture.dtype}, expected [height, width, 3] of uint8")
        if self.picture_shape not in (None, shape):
            raise Problem(f"its render gave {shape} after {self.picture_shape}; all pictures have to be of one size")
        self.picture_shape = shape
        content = png(shrunk(picture))
        self.picture_file.seek(0)
        if self.picture_file.write(content) != len(content):
            raise Problem(f"there is no room for a picture of {len(content)} bytes with the temporary files")
        return str(len(content))


def shrunk(picture):
    """The picture, where it is at least twice as large as it is shown, with the means of squares as its pixels."""
    side = min(max(picture.shape[:2]) // SHOWN_SIDE, min(picture.shape[:2]))
    if side < 2:
        return picture
    height, width = picture.shape[0] // side, picture.shape[1] // side
    squares = picture[: height * side, : width * side].reshape(height, side, width, side, 3)
    return squares.mean((1, 3)).astype(numpy.uint8)


def png(picture):
    """The picture as a PNG file: each row but the first as what differs from the one above."""
    height, width, _ = picture.shape
    rows = numpy.empty((height, 1 + 3 * width), numpy.uint8)
    rows[:, 0], flat = 2, picture.reshape(height, -1)
    rows[:, 1:] = flat
    rows[1:, 1:] -= flat[:-1]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
