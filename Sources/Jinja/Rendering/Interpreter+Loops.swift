extension Interpreter {
    func execute(loop id: Int32, _ frame: Frame) throws -> Flow {
        let loop = frame.template.syntax.loops[Int(id)]
        let values = try evaluate(loop.values, frame)
        frame.at = loop.values
        return try run(loop, id, over: values, frame, depth: 0)
    }

    /// One pass of the loop for every value.
    func run(_ loop: Syntax.Loop, _ id: Int32, over values: Value, _ outer: Frame, depth: Int) throws -> Flow {
        guard loop.frame >= 0 else { return try pass(loop, id, over: values, outer, outer: outer) }
        let frame = Frame(outer.template, layout: loop.frame, parent: outer, world: outer.world)
        frame.loopDepth = depth
        frame.block = outer.block
        frame.collectsValues = outer.collectsValues
        frame.isMuted = outer.isMuted
        frame.at = loop.values
        return try enter(frame) { try pass(loop, id, over: values, frame, outer: outer) }
    }

    private func pass(
        _ loop: Syntax.Loop,
        _ id: Int32,
        over values: Value,
        _ frame: Frame,
        outer: Frame
    ) throws -> Flow {
        var cursor = try values.cursor()
        var state: LoopState?
        var length = loop.loopSlot >= 0 && loop.filter < 0 ? try? values.length() : nil
        if loop.loopSlot >= 0 {
            if loop.filter >= 0 {
                let kept = try filtered(&cursor, loop, frame)
                cursor = ValueCursor(kept)
                length = kept.count
            }
            state = LoopState(cursor, length: length, loop: id, frame: loop.frame >= 0 ? outer : nil, depth: frame.loopDepth)
        }
        var isEmpty = true
        while let value = try state.map({ try $0.advance() }) ?? (state == nil ? cursor.next() : nil) {
            try step()
            clear(loop.clearing, frame)
            try assign(value, to: loop.target, frame)
            if let state {
                frame.slots[Int(loop.loopSlot)] = .object(state)
            } else if loop.filter >= 0, try !evaluate(loop.filter, frame).isTrue {
                continue
            }
            isEmpty = false
            if try execute(loop.body, frame) == .stops { break }
        }
        guard isEmpty else { return .goesOn }
        clear(loop.otherwiseClearing, outer)
        return try execute(loop.otherwise, outer)
    }

    /// The values that pass the test behind `if`.
    private func filtered(_ cursor: inout ValueCursor, _ loop: Syntax.Loop, _ frame: Frame) throws -> [Value] {
        var kept: [Value] = []
        while let value = try cursor.next() {
            try step()
            clear(loop.clearing, frame)
            try assign(value, to: loop.target, frame)
            if try evaluate(loop.filter, frame).isTrue { kept.append(value) }
        }
        return kept
    }
}
