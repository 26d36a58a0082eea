"""Reports: figures added up level by level, frozen and sent up."""
