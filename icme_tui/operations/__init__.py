"""One module per job: takes a station, returns data and reason codes."""
