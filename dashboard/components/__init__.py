"""Small browser components that stock widgets cannot replace: a canvas raster and a live slider."""
