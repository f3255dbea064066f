"""Vector pictures: paths, the area they cover, and shapes drawn with fill and stroke."""
