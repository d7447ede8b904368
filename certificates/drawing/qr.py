"""The QR code, as the operators of one vector shape."""

import zxingcpp


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
    operators = ["0 g"]
    for number, row in enumerate(rows):
        bottom = y + (len(rows) - 1 - number) * unit
        column = 0
        while column < len(row):
            start = column
            while column < len(row) and row[column] == row[start]:
                column += 1
            if row[start] == 0:
                operators.append(f"{x + start * unit:.2f} {bottom:.2f} {(column - start) * unit:.2f} {unit:.2f} re")
    return "\n".join([*operators, "f"])
