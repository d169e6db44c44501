/// Why a template could not be read or rendered: facts, and where it happened.
package struct TemplateError: Error {
    /// What kind of mistake it is, by the name of the class that Python raises.
    package enum Kind: String, Sendable {
        case syntax = "TemplateSyntaxError"
        /// A filter, test or block that does not exist.
        case assertion = "TemplateAssertionError"
        case undefined = "UndefinedError"
        case type = "TypeError"
        case value = "ValueError"
        case attribute = "AttributeError"
        case key = "KeyError"
        case index = "IndexError"
        case zeroDivision = "ZeroDivisionError"
        case overflow = "OverflowError"
        case filterArgument = "FilterArgumentError"
        case notFound = "TemplateNotFound"
        case noneFound = "TemplatesNotFound"
        case runtime = "TemplateRuntimeError"
        /// What Python calls a `RuntimeError`: a dictionary that changed while somebody went through it.
        case state = "RuntimeError"
        case failedAssertion = "AssertionError"
        case security = "SecurityError"
        /// More steps, output or depth than the environment allows.
        case limit = "LimitError"
        /// Raised by whoever embeds templates; `cause` may hold the error.
        case raised = "RaisedError"
    }

    /// A place in a template.
    package struct Place: Sendable, Equatable {
        /// The template's name.
        package let template: String
        /// The first line is 1.
        package let line: Int
        /// In characters; the first is 1.
        package let column: Int
        /// How many characters are meant.
        package let length: Int
        /// The whole line.
        package let excerpt: String
    }

    /// A macro that was running, and where it was called.
    package struct Call: Sendable, Equatable {
        /// The macro's name.
        package let macro: String
        /// Where it was called.
        package let place: Place?
    }

    /// What kind of mistake it is.
    package let kind: Kind
    /// What is wrong, without place.
    package let message: String
    /// Where; nil until the error leaves the renderer, and where there is no source.
    package internal(set) var place: Place?
    /// The macros that were running, innermost first.
    package internal(set) var calls: [Call] = []
    /// The error of whoever embeds templates.
    package let cause: (any Error)?

    /// An error whose place is filled in by the renderer.
    package init(_ kind: Kind, _ message: String, cause: (any Error)? = nil) {
        self.kind = kind
        self.message = message
        self.cause = cause
    }
}

extension TemplateError {
    /// The template's line with a caret under what is meant; empty where the place is not known.
    ///
    /// ```
    ///   --> models/orders.sql:3:17
    ///    |
    ///  3 |   from {{ ref('custmers') }}
    ///    |               ^^^^^^^^^^
    /// ```
    package func excerpt() -> String {
        guard let place else { return "" }
        let number = String(place.line)
        let margin = String(repeating: " ", count: number.count + 1)
        let line = place.excerpt.unicodeScalars.map { $0 == "\t" ? " " : String($0) }.joined()
        let caret =
            String(repeating: " ", count: place.column - 1) + String(repeating: "^", count: max(1, place.length))
        return """
            \(margin)--> \(place.template):\(place.line):\(place.column)
            \(margin) |
             \(number) | \(line)
            \(margin) | \(caret)

            """
    }
}
