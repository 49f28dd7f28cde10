"""The tables of bills, payments, tenders, allocations and prepayments, and their balances."""
