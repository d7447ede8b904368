"""Where things stand on the sheet, in points: A4 landscape, a band at the left, a panel at the right."""

from reportlab.lib.pagesizes import A4, landscape

WIDTH, HEIGHT = landscape(A4)
MARGIN = 24
TILE_COUNT = 12
BAND = (HEIGHT - 2 * MARGIN) / TILE_COUNT
LEFT = MARGIN + BAND + 36
PANEL_LEFT, PANEL_WIDTH = 592, WIDTH - MARGIN - 592
PANEL_PADDING = 20
PANEL_TEXT_LEFT, PANEL_TEXT_WIDTH = PANEL_LEFT + PANEL_PADDING, PANEL_WIDTH - 2 * PANEL_PADDING
MAIN_WIDTH = PANEL_LEFT - LEFT - 30
FOOT_TOP = MARGIN + 92  # below: who answers for the document, and its seal
SEAL_WIDTH, SEAL_HEIGHT = 206, 50
SEAL_LEFT, SEAL_LOW = LEFT + MAIN_WIDTH - SEAL_WIDTH, MARGIN + 32
SEAL_BOX = (SEAL_LEFT, SEAL_LOW, SEAL_LEFT + SEAL_WIDTH, SEAL_LOW + SEAL_HEIGHT)
