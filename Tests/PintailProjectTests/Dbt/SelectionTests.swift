import Testing

@testable import PintailProject

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct SelectionTests {
    private static let golden = Golden.repository + "/Tests/Golden/Dbt/Selection/"

    /// `PINTAIL_SELECTIONS` names a folder with more of the same kind: manifests of projects that are not ours.
    private static var folders: [String] {
        let others = ProcessInfo.processInfo.environment["PINTAIL_SELECTIONS"].map { folder in
            Golden.names(in: folder).map { folder + "/" + $0 }
        }
        return [golden + "bakery"] + (others ?? [])
    }

    @Test(arguments: folders)
    func `every selector finds what dbt finds`(folder: String) throws {
        let answers = try SelectionAnswers(folder: folder)
        for question in answers.cases {
            let found = answers.answer(question.arguments)
            #expect(found == question.ids, "\(question.arguments.joined(separator: " "))")
        }
        #expect(!answers.cases.isEmpty)
    }
}
