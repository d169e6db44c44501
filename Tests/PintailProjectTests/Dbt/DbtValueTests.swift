import Testing

@testable import PintailProject

/// Values, names and fingerprints as dbt has them.
struct DbtValueTests {
    @Test(arguments: [
        ("yes", ConfigValue.bool(true)), ("Off", .bool(false)), ("y", .string("y")), ("~", .null),
        ("0777", .integer(511)),
        ("0x1F", .integer(31)), ("1_000", .integer(1000)), ("1:30", .integer(90)), ("01:30", .string("01:30")),
        ("1.5", .double(1.5)), ("1e3", .string("1e3")), ("1.0e+3", .double(1000)), ("-7", .integer(-7)),
        ("1.2.3", .string("1.2.3")),
        ("2024-01-01", .string("2024-01-01")), (".5", .double(0.5)), ("-", .string("-")), ("09", .string("09")),
    ])
    func `plain scalars mean what they mean in YAML 1_1`(text: String, value: ConfigValue) {
        #expect(YAMLWords.value(of: text) == value)
    }

    @Test func `fingerprints are those of the standards`() {
        #expect(Digest.md5("".utf8) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(Digest.md5("abc".utf8) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(Digest.sha256("".utf8) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest.sha256("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest.md5(repeatElement(UInt8(ascii: "a"), count: 119)).count == 32)
    }

    @Test func `a name of 64 characters is cut and marked`() {
        let arguments: ConfigObject = [
            "values": ["placed", "shipped", "returned"], "column_name": "order_status", "model": "m",
        ]
        let names = TestNames.names(
            "accepted_values",
            namespace: nil,
            isOfSource: false,
            target: "orders",
            arguments: arguments
        )
        #expect(names.full == "accepted_values_orders_order_status__placed__shipped__returned")
        #expect(names.short == names.full)
        let longer = TestNames.names(
            "accepted_values",
            namespace: nil,
            isOfSource: true,
            target: "orders",
            arguments: arguments
        )
        #expect(longer.short.hasPrefix("source_accepted_values_orders_"))
        #expect(longer.short.utf8.count == "source_accepted_values_orders_".utf8.count + 32)
    }
}
