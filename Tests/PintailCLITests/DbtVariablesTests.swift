import Testing

@testable import PintailCLI

/// dbt's environment variables in the place of options.
@Suite struct DbtVariablesTests {
    private func arguments(_ given: [PintailCLI.Option], _ environment: [String: String]) -> ParsedArguments {
        var arguments = ParsedArguments()
        for option in given { arguments.add(nil, to: option) }
        return arguments.withDbtVariables(environment)
    }

    @Test(arguments: [("1", true), ("True", true), ("yes", true), ("0", false), ("false", false), ("", false)])
    func `a variable sets a flag as dbt reads its words`(text: String, isSet: Bool) {
        #expect(arguments([], ["DBT_FULL_REFRESH": text]).has(DbtVerb.fullRefresh) == isSet)
    }

    @Test func `a check of versions is left out where its variable says no`() {
        #expect(arguments([], ["DBT_VERSION_CHECK": "f"]).has(DbtOptions.ignoreVersion))
        #expect(!arguments([], ["DBT_VERSION_CHECK": "t"]).has(DbtOptions.ignoreVersion))
    }

    @Test func `a value counts where its option is not given`() {
        var given = ParsedArguments()
        given.add("cautious", to: DbtSelection.indirect)
        let environment = ["DBT_INDIRECT_SELECTION": "empty", "DBT_STATE": "before", "DBT_PROJECT_DIR": "shop"]
        let all = given.withDbtVariables(environment)
        #expect(all[DbtSelection.indirect] == "cautious")
        #expect(all[DbtSelection.state] == "before")
        #expect(all[DbtOptions.projectDirectory] == "shop")
    }
}
