import Tensors
import Testing

@Suite struct TimelineTests {
  private struct Failure: Error {}

  @Test func recordsWhatIsMeasured() throws {
    let timeline: Timeline? = Timeline(origin: .now)
    #expect(timeline.measure("sum", "test") { 1 + 1 } == 2)
    #expect(throws: Failure.self) { try timeline.measure("failure", "test") { throw Failure() } }
    let events = try #require(timeline).events
    #expect(events.map(\.name) == ["sum", "failure"])
    #expect(events.allSatisfy { $0.start >= 0 && $0.seconds >= 0 && $0.category == "test" })
    #expect(events[1].start >= events[0].start + events[0].seconds)
  }

  @Test func nothingIsRecordedNowhere() {
    let timeline: Timeline? = nil
    #expect(timeline.measure("sum", "test") { 3 } == 3)
  }
}
