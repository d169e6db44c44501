/// How far a step's statements have come, each counted from its own start.
struct StatementShare {
    /// Whether another statement runs since one that had come far: it goes over the same rows once more.
    private(set) var isAnother = false
    private var before = 0.0

    /// Takes in the share that the running statement has done.
    mutating func advance(to share: Double) {
        // A look at the first rows comes nowhere near this.
        if before >= 0.25, share < before / 2 { isAnother = true }
        before = share
    }
}
