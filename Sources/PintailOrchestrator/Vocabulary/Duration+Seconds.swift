extension Duration {
    /// Takes back what `seconds` gave, to the microsecond; what no time can be becomes the longest.
    init(roundedSeconds seconds: Double) {
        self = .microseconds(Int64(exactly: (seconds * 1e6).rounded()) ?? .max)
    }

    /// This time in seconds, rounded to the microsecond so that it prints short.
    var seconds: Double {
        let (seconds, attoseconds) = components
        let microseconds = (Double(attoseconds) / 1e12).rounded()
        return (Double(seconds) * 1e6 + microseconds) / 1e6
    }

    /// This time as project files write it: `250ms`, `1.5s`, `15m`, `1h`.
    var brief: String {
        let seconds = seconds
        let (value, unit) =
            switch seconds {
            case ..<1: (seconds * 1000, "ms")
            case 3600... where seconds.truncatingRemainder(dividingBy: 3600) == 0: (seconds / 3600, "h")
            case 60... where seconds.truncatingRemainder(dividingBy: 60) == 0: (seconds / 60, "m")
            default: (seconds, "s")
            }
        return value == value.rounded() ? "\(Int64(value))\(unit)" : "\(value)\(unit)"
    }
}
