/// Command lines as text, in the history and back.
enum CommandLineText {
    /// The words with blanks between them, quoted as a shell would want them.
    static func joined(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// The words of a text that ``joined(_:)`` made.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isInWord = false
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped || (isQuoted && character != "'") {
                word.append(character)
                isEscaped = false
            } else if character == "'" {
                isQuoted.toggle()
                isInWord = true
            } else if character == "\\" {
                isEscaped = true
                isInWord = true
            } else if character == " " {
                if isInWord { words.append(word) }
                (word, isInWord) = ("", false)
            } else {
                word.append(character)
                isInWord = true
            }
        }
        return isInWord ? words + [word] : words
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x7F || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "_-./=+:,@%".unicodeScalars.contains(scalar)
            }
        if isPlain { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
