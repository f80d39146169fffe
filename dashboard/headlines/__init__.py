"""Each page's answer as sentences that a person would say aloud. Pure text: numbers in, words out."""
