"""Reading and judging the daily logs: board, rules, trend, export."""
