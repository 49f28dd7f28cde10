"""Long work: the queue, the worker, its heartbeat and its page."""
