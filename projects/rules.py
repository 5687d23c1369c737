"""Limits beyond which people look twice; they refuse nothing."""

from decimal import Decimal

# Paid-in money up to 1.2 times the introduced amount is common; above it a claim is never "clean".
USUAL_SHARE_OF_CONTRACT = Decimal("1.2")
