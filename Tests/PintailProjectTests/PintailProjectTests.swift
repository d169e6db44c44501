import Testing

@testable import PintailProject

@Test func `a folder without a project says how to make one`() {
    let failure = #expect(throws: Diagnostics.self) { try ProjectLoader(environment: [:]).load(from: "/") }
    #expect(failure?.all.first?.hint == "'pintail init' makes a project here")
}
