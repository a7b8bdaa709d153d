"""Claims of briefings: those declared are judged at every run, those of a text are checked."""

TABLE = "fct_claim"
