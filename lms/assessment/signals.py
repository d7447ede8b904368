"""What assessment announces; sent inside the transaction that records the fact."""

from django.dispatch import Signal

sitting_closed = Signal()  # sender=SupervisedSitting class; kwargs: sitting (SupervisedSitting), record (SittingRecord)
