"""Messages that leave: written in the transaction that caused them, sent by the worker."""
