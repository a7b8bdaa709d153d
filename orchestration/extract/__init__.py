"""From bytes to typed rows: ``tables`` reads files, the other modules know what the rows mean."""
