import FoundationEssentials

/// A zone of the time zone database, as the system keeps it.
///
/// The files are described by RFC 9636. They list changes up to 2037; after the last its offset stays.
final class Region: Hashable, Sendable {
    let name: String
    /// When an offset begins, in seconds since 1970.
    private let starts: [Int]
    /// Seconds east of Greenwich from there on, one more than there are starts.
    private let offsets: [Int]
    private let abbreviations: [String]

    init?(named name: String) {
        guard !name.isEmpty, !name.contains(".."), name.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
            let file = ["/usr/share/zoneinfo/", "/var/db/timezone/zoneinfo/"].lazy
                .compactMap({ try? Data(contentsOf: URL(filePath: $0 + name)) }).first,
            let table = Self.parse([UInt8](file))
        else { return nil }
        self.name = name
        (starts, offsets, abbreviations) = table
    }

    /// Seconds east of Greenwich at a time in seconds since 1970.
    func offset(at instant: Int) -> Int { offsets[place(instant)] }

    /// What the zone is called then: `EST`.
    func abbreviation(at instant: Int) -> String { abbreviations[place(instant)] }

    /// The offset at a local time; of two the standard one, which is the later.
    func offset(atLocal local: Int) -> Int {
        let late = offset(at: local - offset(at: local))
        return offset(at: local - late)
    }

    private func place(_ instant: Int) -> Int {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func parse(_ bytes: [UInt8]) -> (starts: [Int], offsets: [Int], abbreviations: [String])? {
        func number(_ place: Int, _ width: Int) -> Int {
            var value: UInt64 = 0
            for byte in bytes[place..<place + width] { value = value << 8 | UInt64(byte) }
            return width == 4 ? Int(Int32(truncatingIfNeeded: value)) : Int(Int64(bitPattern: value))
        }
        guard bytes.count > 88, bytes.starts(with: Array("TZif".utf8)), bytes[4] >= UInt8(ascii: "2") else {
            return nil
        }
        func counts(_ header: Int) -> [Int] { (0..<6).map { number(header + 20 + 4 * $0, 4) } }
        // The first table is for readers that know 32 bits only.
        let first = counts(0)
        let header = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        guard bytes.count > header + 44 else { return nil }
        let second = counts(header)
        let (changes, kinds, characters) = (second[3], second[4], second[5])
        let times = header + 44
        let places = times + changes * 8
        let types = places + changes
        let names = types + kinds * 6
        guard kinds > 0, bytes.count >= names + characters else { return nil }
        let order = [0] + (0..<changes).map { min(Int(bytes[places + $0]), kinds - 1) }
        return (
            (0..<changes).map { number(times + $0 * 8, 8) },
            order.map { number(types + $0 * 6, 4) },
            order.map { kind in
                let start = names + Int(bytes[types + kind * 6 + 5])
                return String(decoding: bytes[min(start, bytes.count)...].prefix { $0 != 0 }, as: UTF8.self)
            }
        )
    }

    static func == (one: Region, other: Region) -> Bool { one.name == other.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
