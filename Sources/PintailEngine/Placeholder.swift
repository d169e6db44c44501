package enum PlaceholderPintailEngine {}
