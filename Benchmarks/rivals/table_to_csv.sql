-- DuckDB's own command line, on a database opened for reading: $target is the CSV file.
COPY items TO '$target' (HEADER);
