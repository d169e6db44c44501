/// What a name without a value is, and what may be done with it.
package final class Undefined {
    /// What an environment lets templates do with names that have no value.
    package enum Behaviour: String, Sendable, CaseIterable {
        /// Printed as nothing, false, empty; everything else fails.
        case `default`
        /// Attributes and items of it are undefined again.
        case chainable
        /// Printed as the expression that named it.
        case debug
        /// Nothing but asking whether it is defined.
        case strict
        /// Attributes, items and calls give it again: a first pass over templates whose macros are not known yet.
        case propagating
    }

    /// The name or attribute that has no value.
    package let name: String
    /// What went wrong, where "'name' is undefined" does not say it.
    package let hint: String?
    /// What the missing attribute was asked of, as messages call it: `str object`.
    let owner: String?
    /// The key in brackets that has no value, as `repr` shows it.
    let element: String?
    let behaviour: Behaviour
    let kind: TemplateError.Kind

    /// An undefined value for `name`.
    package init(
        _ name: String,
        hint: String? = nil,
        owner: String? = nil,
        element: String? = nil,
        _ behaviour: Behaviour = .default,
        kind: TemplateError.Kind = .undefined
    ) {
        self.name = name
        self.hint = hint
        self.owner = owner
        self.element = element
        self.behaviour = behaviour
        self.kind = kind
    }

    /// The error of using it.
    package var error: TemplateError { TemplateError(kind, message) }

    /// Why it has no value, in words.
    package var message: String {
        if let hint { return hint }
        guard let owner else { return "'\(name)' is undefined" }
        if let element { return "\(owner) has no element \(element)" }
        return "'\(owner)' has no attribute '\(name)'"
    }

    func truth() throws -> Bool {
        if behaviour == .strict { throw error }
        return false
    }

    func text() throws -> String {
        switch behaviour {
        case .strict: throw error
        case .debug: debugText
        default: ""
        }
    }

    private var debugText: String {
        if let hint { return "{{ undefined value printed: \(hint) }}" }
        guard let owner else { return "{{ \(name) }}" }
        return "{{ no such element: \(owner)[\(element ?? ValuePrinter.quoted(name))] }}"
    }

    func iterated() throws {
        if behaviour == .strict { throw error }
    }

    /// An attribute or item of it.
    func member(_ member: String) throws -> Value {
        switch behaviour {
        case .chainable: .undefined(self)
        case .propagating: .undefined(Undefined(member, hint: hint, behaviour))
        default: throw error
        }
    }

    func called() throws -> Value {
        if behaviour == .propagating { return .undefined(self) }
        throw error
    }
}
