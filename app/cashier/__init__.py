"""What was received and what went back: desk, payments, receipts, prepayments, voids, takings."""
