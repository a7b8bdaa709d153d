"""Status figures: values from the marts, their evidence, their sentences, and the rows behind."""
