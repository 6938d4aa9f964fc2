"""What every feature stands on: database, transactions, errors, registries, web; no word of the field in here."""
