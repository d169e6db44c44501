package enum PlaceholderPintailProject {}
