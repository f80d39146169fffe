"""Parts of a page that are large enough to stand alone, or that two pages share; each is drawn by one function."""
