select {{ nonsense(
