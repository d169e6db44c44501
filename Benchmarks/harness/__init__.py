"""What every benchmark stands on: data, fresh processes, checked results, one table."""
