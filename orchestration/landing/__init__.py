"""Landing: raw bytes archived, each file's rows stored once by content, with a ledger line each."""
