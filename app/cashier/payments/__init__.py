"""Payments, receipts, takings, and how a payment is taken back."""
