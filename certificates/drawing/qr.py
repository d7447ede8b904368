"""The QR code, as the operators of one vector shape."""

import re

import zxingcpp

DARK = re.compile(rb"\0+")


def qr_matrix(text: str) -> list[bytes]:
    """Rows of modules, one byte each (0 is dark), without quiet zone; error correction M."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = memoryview(code.to_image(scale=1, add_quiet_zones=False))
    side, modules = image.shape[0], image.tobytes()
    return [modules[row * side : (row + 1) * side] for row in range(side)]


def qr_operators(text: str, x: float, y: float, side: float) -> str:
    """PDF operators that draw the code in a square of `side` points whose lower left corner is at x, y."""
    rows = qr_matrix(text)
    unit = side / len(rows)
    bars = [
        f"{bar.start()} {bottom} {bar.end() - bar.start()} 1 re"
        for bottom, row in enumerate(reversed(rows))
        for bar in DARK.finditer(row)
    ]
    return "\n".join([f"q 0 g {unit:.5f} 0 0 {unit:.5f} {x:.2f} {y:.2f} cm", *bars, "f Q"])
