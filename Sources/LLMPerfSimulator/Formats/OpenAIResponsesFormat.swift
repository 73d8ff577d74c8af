import LLMPerf
import LLMPerfWire

/// OpenAI's Responses: numbered events with a type, items that open and close, and the whole answer once more at the end.
struct OpenAIResponsesFormat: AnswerFormat {
  private let vocabulary: WordList
  private let model: String
  private let created: Int

  private let reasoning: EventTemplate
  private let text: EventTemplate
  private let toolArguments: EventTemplate
  private let failure: EventTemplate

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    self.model = model
    created = settings.created
    let padding = settings.configuration.eventBytes
    func delta(_ type: String, item: String, _ extra: String) -> EventTemplate {
      let event: EventTemplate = """
        event: \(type)
        data: {"type":"\(type)","sequence_number":\(.sequence),"item_id":"\(item)_sim_\(.digits)",\(extra),\
        "delta":"\(.text)"}


        """
      return event.padded(to: padding)
    }
    // The visible item is the second one behind reasoning.
    let index = settings.configuration.reasoningShare > 0 ? 1 : 0
    reasoning = delta("response.reasoning_text.delta", item: "rs", #""output_index":0,"content_index":0"#)
    text = delta(
      "response.output_text.delta", item: "msg", "\"output_index\":\(index),\"content_index\":0,\"logprobs\":[]")
    toolArguments = delta("response.function_call_arguments.delta", item: "fc", "\"output_index\":\(index)")
    failure = """
      event: error
      data: {"type":"error","sequence_number":\(.sequence),"code":"server_error","message":"\(failureMessage)",\
      "param":null}


      """
  }

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {
    for type in ["response.created", "response.in_progress"] {
      write(type, ["response": response(answer, status: "in_progress", output: [])], &answer, to: &writer)
    }
  }

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    let index: JSON = .int(answer.index(of: piece.kind))
    let item = item(piece.kind, answer, isDone: false)
    let part: JSON.Member? = contentType(piece.kind).map { .init("part", content($0, "")) }
    let place: [JSON.Member] = [
      .init("item_id", item["id"] ?? .null), .init("output_index", index), .init("content_index", 0),
    ]
    if piece.isFirst {
      write("response.output_item.added", ["output_index": index, "item": item], &answer, to: &writer)
      if let part { write("response.content_part.added", .object(place + [part]), &answer, to: &writer) }
    }
    template(piece.kind).write(&answer, piece, vocabulary, to: &writer)
    guard piece.isLast else { return }
    switch piece.kind {
    case .tool:
      let members: [JSON.Member] = [
        .init("item_id", item["id"] ?? .null), .init("output_index", index),
        .init("arguments", .string(answer.arguments(vocabulary))),
      ]
      write("response.function_call_arguments.done", .object(members), &answer, to: &writer)
    case .text, .reasoning:
      let isText = piece.kind == .text
      let whole = isText ? answer.text(vocabulary) : answer.reasoning(vocabulary)
      var members = place + [.init("text", .string(whole))]
      if isText { members.append(.init("logprobs", [])) }
      write(
        isText ? "response.output_text.done" : "response.reasoning_text.done", .object(members), &answer, to: &writer)
      let done = content(isText ? "output_text" : "reasoning_text", whole)
      write("response.content_part.done", .object(place + [.init("part", done)]), &answer, to: &writer)
    }
    let done = self.item(piece.kind, answer, isDone: true)
    write("response.output_item.done", ["output_index": index, "item": done], &answer, to: &writer)
  }

  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {
    let status = answer.isCutByLimit ? "incomplete" : "completed"
    write(
      "response.\(status)", ["response": response(answer, status: status, output: output(answer))], &answer,
      to: &writer)
  }

  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {
    failure.write(&answer, vocabulary, to: &writer)
  }

  func body(_ answer: Answer) -> [UInt8] {
    response(answer, status: answer.isCutByLimit ? "incomplete" : "completed", output: output(answer)).utf8()
  }

  // MARK: Parts

  private func template(_ kind: OutputKind) -> EventTemplate {
    switch kind {
    case .reasoning: reasoning
    case .text: text
    case .tool: toolArguments
    }
  }

  private func write(_ type: String, _ members: JSON, _ answer: inout Answer, to writer: inout ResponseWriter) {
    let all: [JSON.Member] = [.init("type", .string(type)), .init("sequence_number", .int(answer.sequence))]
    let data = JSON.object(all + (members.members ?? []))
    writer.write("event: \(type)\ndata: \(data)\n\n".utf8)
    answer.sequence += 1
  }

  private func output(_ answer: Answer) -> [JSON] {
    let reasoning = answer.reasoningTokens > 0 ? [item(.reasoning, answer, isDone: true)] : []
    return reasoning + [item(answer.tool == nil ? .text : .tool, answer, isDone: true)]
  }

  private func contentType(_ kind: OutputKind) -> String? {
    switch kind {
    case .text: "output_text"
    case .reasoning: "reasoning_text"
    case .tool: nil
    }
  }

  private func content(_ type: String, _ text: String) -> JSON {
    type == "output_text"
      ? ["type": .string(type), "text": .string(text), "annotations": [], "logprobs": []]
      : ["type": .string(type), "text": .string(text)]
  }

  private func item(_ kind: OutputKind, _ answer: Answer, isDone: Bool) -> JSON {
    let status: JSON = isDone ? "completed" : "in_progress"
    switch kind {
    case .reasoning:
      let parts = isDone ? [content("reasoning_text", answer.reasoning(vocabulary))] : []
      return [
        "id": .string("rs_sim_\(answer.digits)"), "type": "reasoning", "status": status, "summary": [],
        "content": .array(parts),
      ]
    case .text:
      let parts = isDone ? [content("output_text", answer.text(vocabulary))] : []
      return [
        "id": .string("msg_sim_\(answer.digits)"), "type": "message", "status": status, "role": "assistant",
        "content": .array(parts),
      ]
    case .tool:
      return [
        "id": .string("fc_sim_\(answer.digits)"), "type": "function_call", "status": status,
        "call_id": .string("call_sim_\(answer.digits)"), "name": .string(answer.tool?.name ?? ""),
        "arguments": .string(isDone ? answer.arguments(vocabulary) : ""),
      ]
    }
  }

  private func response(_ answer: Answer, status: String, output: [JSON]) -> JSON {
    let isOver = status != "in_progress"
    let usage: JSON = [
      "input_tokens": .int(answer.promptTokens), "input_tokens_details": ["cached_tokens": 0],
      "output_tokens": .int(answer.tokens),
      "output_tokens_details": ["reasoning_tokens": .int(answer.reasoningTokens)],
      "total_tokens": .int(answer.promptTokens + answer.tokens),
    ]
    let reason: JSON = status == "incomplete" ? ["reason": "max_output_tokens"] : .null
    return [
      "id": .string("resp_sim_\(answer.digits)"), "object": "response", "created_at": .int(created),
      "status": .string(status), "error": .null, "incomplete_details": reason, "instructions": .null,
      "max_output_tokens": .optional(answer.request.maximumTokens), "model": .string(model),
      "output": .array(output), "parallel_tool_calls": true, "temperature": 1, "tool_choice": "auto", "tools": [],
      "top_p": 1, "usage": isOver && answer.includesUsage ? usage : .null, "metadata": [:],
    ]
  }
}

extension Answer {
  /// The place of an item in the output: reasoning comes first.
  fileprivate func index(of kind: OutputKind) -> Int { kind == .reasoning || reasoningTokens == 0 ? 0 : 1 }
}
