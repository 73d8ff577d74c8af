/// In which order the products of a merge list come about.
///
/// Mostly that is the order of the list. But some lists hold a merge before the merges that make its parts: it can then
/// only happen right after the later part is there, before everything else that is still to come. Numbered in this
/// order, a product always comes after its parts, and byte-pair encoding by these numbers takes the same steps.
enum MergeSchedule {
  /// The reachable products in that order, then the others.
  static func products(of model: BytePairMerges, reachable: ReachableTokens, idEnd: Int) -> [UInt32] {
    var listed: [UInt32] = []
    var isProduct = [Bool](repeating: false, count: idEnd)
    for (rank, merge) in model.merges.enumerated() where model.isInForce(rank) && !isProduct[Int(merge.result)] {
      isProduct[Int(merge.result)] = true
      if reachable.contains(merge.result) { listed.append(merge.result) }
    }
    var position = [UInt32](repeating: 0, count: idEnd)
    for (index, id) in listed.enumerated() { position[Int(id)] = UInt32(index + 1) }
    let isInOrder = listed.allSatisfy { id in
      let halves = reachable.halves(of: id)
      return position[Int(halves.left)] < position[Int(id)] && position[Int(halves.right)] < position[Int(id)]
    }
    let scheduled = isInOrder ? listed : schedule(listed, position, reachable)
    let others = isProduct.indices.filter { isProduct[$0] && !reachable.contains(UInt32($0)) }
    return scheduled + others.map { UInt32($0) }
  }

  /// Takes, again and again, the first product of the list whose parts are there.
  private static func schedule(
    _ listed: [UInt32], _ position: [UInt32], _ reachable: ReachableTokens
  ) -> [UInt32] {
    var missing = [UInt8](repeating: 0, count: listed.count)
    var waiting: [[UInt32]] = Array(repeating: [], count: listed.count)
    var ready = MergeQueue()
    for (index, id) in listed.enumerated() {
      let halves = reachable.halves(of: id)
      for half in [halves.left, halves.right] where position[Int(half)] != 0 {
        missing[index] += 1
        waiting[Int(position[Int(half)]) - 1].append(UInt32(index))
      }
      if missing[index] == 0 { ready.push(UInt64(index)) }
    }
    var scheduled: [UInt32] = []
    scheduled.reserveCapacity(listed.count)
    while let index = ready.pop() {
      scheduled.append(listed[Int(index)])
      for dependent in waiting[Int(index)] {
        missing[Int(dependent)] -= 1
        if missing[Int(dependent)] == 0 { ready.push(UInt64(dependent)) }
      }
    }
    return scheduled
  }
}
