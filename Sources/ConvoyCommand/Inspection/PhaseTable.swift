/// The table of `convoy inspect --plan` about a phase of a fine-tuning, or about a whole run.
struct PhaseTable: Encodable {
  /// As `convoy train` says it; nil without fine-tuning.
  let sentence: String?
  let plan: PlanTable
  /// Nil where the data is not there.
  let memory: MemoryTable?

  var text: String { [sentence, plan.text, memory?.text].compactMap(\.self).joined(separator: "\n\n") }
}
