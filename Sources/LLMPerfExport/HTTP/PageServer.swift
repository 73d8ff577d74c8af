import LLMPerfWire

extension HTTPServer.Options {
  /// The options of a server that shows a page to whoever finds its port: it takes no bodies, and only so many
  /// connections that the run keeps its descriptors.
  init(page place: ListenAddress) {
    self.init(address: place.address, port: place.port, maximumBody: 0, maximumConnections: 128)
  }
}
