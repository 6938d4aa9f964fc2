"""Restricted words: who may be at risk, told apart from everything else, read only by duty officers."""
