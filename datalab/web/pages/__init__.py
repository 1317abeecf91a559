"""Pages, one file a group; each lists its routes and who may open them."""
