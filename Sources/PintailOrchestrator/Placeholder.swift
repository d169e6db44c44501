package enum PlaceholderPintailOrchestrator {}
