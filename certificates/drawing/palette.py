"""The colours of the document (the platform's own; each dark or light enough to be told apart in grey)."""

from reportlab.lib.colors import HexColor, white

INDIGO = HexColor("#1a2350")
LAGOON = HexColor("#0f6368")
LATERITE = HexColor("#9c3d24")
SAND = HexColor("#faf3e4")
OCHRE = HexColor("#d99a34")
STITCH = HexColor("#e9dcc4")
BLUSH = HexColor("#f7e6da")
INK = HexColor("#17182b")
MUTED = HexColor("#55586e")
WHITE = white
