"""Statistics of counts, shares, ranks, delays and interrupted series; they know no library."""
