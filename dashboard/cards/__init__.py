"""The figures on top of a page: per question which ones, what they compare with and which way is good."""
