import LLMPerf
import Testing

struct AddressSecretsTests {
  @Test(arguments: [
    ("http://host/v1?key=s3cret&a=b#x", "http://host/v1?key=***&a=b#x"),
    ("https://h/?X-Amz-Signature=ab&code=c&max_tokens=5", "https://h/?X-Amz-Signature=***&code=***&max_tokens=5"),
    ("http://h/?api%5Fkey=s3cret", "http://h/?api%5Fkey=***"), ("http://h/?x=sk-abc", "http://h/?x=***"),
    ("http://u:p@ss@host:1/", "http://***@host:1/"), ("http://token@host", "http://***@host"),
    ("http://u:sl/ash@host/x", "http://***@host/x"), ("http://h/a@b", "http://h/a@b"),
    ("http://h:80/a@b", "http://h:80/a@b"), ("http://[::1]/a@b?key=k", "http://[::1]/a@b?key=***"),
    ("http://h/#access_token=t", "http://h/#access_token=***"), ("http://h/?key", "http://h/?key"),
    ("sim:?output-tokens=5&tls-key=file", "sim:?output-tokens=5&tls-key=file"),
    ("mail me: a@b.c", "mail me: a@b.c"), ("what? key=5", "what? key=5"),
  ])
  func `masks the login and the query's secrets, and nothing else`(text: String, masked: String) {
    #expect(AddressSecrets.masked(text) == masked)
  }

  @Test(arguments: [
    ("u:secret@host:1/", "***@host:1/"), ("host?api_key=secret", "host?api_key=***"), ("host:8000/v1", "host:8000/v1"),
  ])
  func `an option's address needs no scheme`(text: String, masked: String) {
    #expect(AddressSecrets.masked(text, isAddress: true) == masked)
  }

  @Test
  func `knows the values, with their escapes and without`() {
    let values = AddressSecrets.values(in: "http://u:p%40ss@h/?key=a%2Bb&n=1")
    #expect(Set(values) == ["u:p%40ss", "u:p@ss", "p%40ss", "p@ss", "a%2Bb", "a+b"])
  }

  @Test(arguments: [
    "u:SECRETpw@host", "http://u:SECRETpw@host:1/", "ftp://u:SECRETpw@host", "http://u:SEC/RETpw@host",
    "http://u:SEC?RETpw@host", "http://u:SEC#RETpw@host", "http://SECRETpw@host:x", "http://h:x/?key=SECRETpw",
    "http://u:SECRETpw@[::1", "http://u:SECRETpw@ho st/", "http://u:SEC@RETpw@host/", "ws://h/?token=SECRETpw",
  ])
  func `a refused address says nothing of its secrets`(text: String) {
    let error = #expect(throws: UsageError.self) { try ServiceAddress(text) }
    for part in ["SEC", "RETpw"] { #expect(error?.message.contains(part) == false, "\(error?.message ?? "")") }
  }

  @Test(arguments: [
    "Authorization", "x-api-key", "X-Password", "X-Credential", "X-Auth", "X-Access", "X-License", "X-CSRF", "Cookie",
    "Set-Cookie",
    "X-Amz-Security-Token",
    "Ocp-Apim-Subscription-Key", "X-JWT", "apiKey", "accessKey", "X-Session-Id", "sig", "X-Pwd", "client_secret",
    "Proxy-Authorization", "X-Hub-Signature-256", "X-Bearer", "passphrase", "X-Login", "APIKEY", "token",
    "X-Access-Code", "X-Passcode", "X-Ticket",
  ])
  func `knows the names of secrets`(name: String) {
    #expect(SecretName.isSecret(name))
  }

  @Test(arguments: [
    "Content-Type", "X-Team", "User-Agent", "X-Request-Id", "max_tokens", "output-tokens", "design", "author",
    "anthropic-version", "OpenAI-Organization", "X-Priority", "Accept",
  ])
  func `leaves other names alone`(name: String) {
    #expect(!SecretName.isSecret(name))
  }
}
