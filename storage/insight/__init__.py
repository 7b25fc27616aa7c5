"""The questions of the digest and the reports, as SQL; each file asks about one noun."""
