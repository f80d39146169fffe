"""One page per question: ask, draw, say what is empty. A view computes nothing."""
