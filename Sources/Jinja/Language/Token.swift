/// One word or sign of a template: what it is and which bytes it covers.
struct Token {
    enum Kind: UInt8 {
        case text, variableBegin, variableEnd, blockBegin, blockEnd
        case name, integer, float, string
        case plus, minus, star, slash, doubleSlash, percent, power, tilde
        case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
        case equal, notEqual, greater, greaterOrEqual, less, lessOrEqual
        case assign, dot, colon, pipe, comma, semicolon
        case end
    }

    let kind: Kind
    let start: Int32
    let end: Int32

    /// How messages call it.
    static func described(_ kind: Kind) -> String {
        switch kind {
        case .text: "template data / text"
        case .variableBegin: "begin of print statement"
        case .variableEnd: "end of print statement"
        case .blockBegin: "begin of statement block"
        case .blockEnd: "end of statement block"
        case .name: "name"
        case .integer: "integer"
        case .float: "float"
        case .string: "string"
        case .plus: "+"
        case .minus: "-"
        case .star: "*"
        case .slash: "/"
        case .doubleSlash: "//"
        case .percent: "%"
        case .power: "**"
        case .tilde: "~"
        case .leftParenthesis: "("
        case .rightParenthesis: ")"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .leftBrace: "{"
        case .rightBrace: "}"
        case .equal: "=="
        case .notEqual: "!="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .less: "<"
        case .lessOrEqual: "<="
        case .assign: "="
        case .dot: "."
        case .colon: ":"
        case .pipe: "|"
        case .comma: ","
        case .semicolon: ";"
        case .end: "end of template"
        }
    }
}
