/// Looks for text in text, byte by byte.
enum TextSearch {
    /// Where `part` begins in `text`, in bytes.
    static func first(of part: String, in text: String) -> Int? {
        first(of: Array(part.utf8), in: Array(text.utf8), from: 0)
    }

    /// Where `part` begins at or after `start`.
    static func first(of part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard let head = part.first else { return start <= text.count ? start : nil }
        var place = start
        while place + part.count <= text.count {
            if text[place] == head, text[place..<place + part.count].elementsEqual(part) { return place }
            place += 1
        }
        return nil
    }

    /// Where the last `part` begins that ends at or before `end`.
    static func last(of part: [UInt8], in text: [UInt8], before end: Int) -> Int? {
        var place = end - part.count
        while place >= 0 {
            if text[place..<place + part.count].elementsEqual(part) { return place }
            place -= 1
        }
        return nil
    }
}
