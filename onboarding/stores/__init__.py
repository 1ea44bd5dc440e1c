"""Where data is kept: PostgreSQL, the staging table and the error queue. Every query stands here."""
