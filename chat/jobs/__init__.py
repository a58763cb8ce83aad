"""Work in the background: durable jobs in a table, taken up by whichever process is free."""
