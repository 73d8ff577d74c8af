#define _GNU_SOURCE
#include "CLLMPerfWire.h"
#include "authorities.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// OpenSSL reads through a BIO of our own, so that each read goes by recvmsg and brings the kernel's stamp.

struct lw_tls_context {
  SSL_CTX *ssl;
};

struct lw_tls {
  SSL *ssl;
  int fd;
  int64_t stamp;
  char error[256];
};

static int bio_read(BIO *bio, char *buffer, int count) {
  lw_tls *tls = BIO_get_data(bio);
  lw_received result = lw_receive(tls->fd, buffer, (size_t)count);
  BIO_clear_retry_flags(bio);
  if (result.count < 0) {
    if (result.count == -EAGAIN) BIO_set_retry_read(bio);
    errno = (int)-result.count;
    return -1;
  }
  if (result.stamp) tls->stamp = result.stamp;
  return (int)result.count;
}

static int bio_write(BIO *bio, const char *bytes, int count) {
  lw_tls *tls = BIO_get_data(bio);
  int64_t sent = lw_send(tls->fd, bytes, (size_t)count);
  BIO_clear_retry_flags(bio);
  if (sent < 0) {
    if (sent == -EAGAIN) BIO_set_retry_write(bio);
    errno = (int)-sent;
    return -1;
  }
  return (int)sent;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

static int bio_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

// OpenSSL numbers kinds of BIOs and has few numbers: there is one kind, made once and kept.
static BIO_METHOD *method;
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

static void make_method(void) {
  BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "llmperf socket");
  if (made && BIO_meth_set_read(made, bio_read) == 1 && BIO_meth_set_write(made, bio_write) == 1 &&
      BIO_meth_set_ctrl(made, bio_control) == 1 && BIO_meth_set_create(made, bio_create) == 1)
    method = made;
  else
    BIO_meth_free(made);
}

static void describe(const char *fallback, char *out, size_t size) {
  unsigned long code = ERR_get_error();
  const char *reason = code ? ERR_reason_error_string(code) : NULL;
  snprintf(out, size, "%s", reason ? reason : fallback);
  ERR_clear_error();
}

static lw_tls_context *make_context(const SSL_METHOD *protocol) {
  lw_tls_context *context = calloc(1, sizeof *context);
  if (!context) return NULL;
  context->ssl = SSL_CTX_new(protocol);
  pthread_once(&method_once, make_method);
  if (!context->ssl || !method || SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION) != 1) {
    lw_tls_context_free(context);
    return NULL;
  }
  // A renegotiation would have a write wait for a read.
  SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context->ssl, 1);
  return context;
}

lw_tls_context *lw_tls_client_context(bool verify, const char *ca_file, char *error, size_t error_size) {
  lw_tls_context *context = make_context(TLS_client_method());
  if (!context) {
    describe("OpenSSL could not be set up", error, error_size);
    return NULL;
  }
  static const unsigned char http11[] = "\x08http/1.1";
  // This one returns 0 when it is done.
  if (SSL_CTX_set_alpn_protos(context->ssl, http11, sizeof http11 - 1) != 0) {
    describe("OpenSSL could not be set up", error, error_size);
    lw_tls_context_free(context);
    return NULL;
  }
  SSL_CTX_set_verify(context->ssl, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
  if (ca_file && SSL_CTX_load_verify_locations(context->ssl, ca_file, NULL) != 1) {
    describe("no certificates could be loaded", error, error_size);
    lw_tls_context_free(context);
    return NULL;
  }
  if (verify && !ca_file && !lw_trust_system(context->ssl)) {
    snprintf(error, error_size, "no certificates of authorities were found: install the ca-certificates of the system, "
                                "or name a file of them with --cacert or SSL_CERT_FILE");
    lw_tls_context_free(context);
    return NULL;
  }
  ERR_clear_error();
  return context;
}

lw_tls_context *lw_tls_server_context(const char *cert_file, const char *key_file, char *error, size_t error_size) {
  lw_tls_context *context = make_context(TLS_server_method());
  if (!context || SSL_CTX_use_certificate_chain_file(context->ssl, cert_file) != 1 ||
      SSL_CTX_use_PrivateKey_file(context->ssl, key_file, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context->ssl) != 1) {
    describe("the certificate or key could not be loaded", error, error_size);
    if (context) lw_tls_context_free(context);
    return NULL;
  }
  return context;
}

void lw_tls_context_free(lw_tls_context *context) {
  SSL_CTX_free(context->ssl);
  free(context);
}

// Has the certificate checked for `host`; 0 when it could not be arranged, and then nothing may be sent.
static int check_host(SSL *ssl, const char *host) {
  X509_VERIFY_PARAM *rules = SSL_get0_param(ssl);
  // Neither the zone of an address nor the dot behind a whole name stands in a certificate.
  char name[254];
  size_t length = strlen(host);
  const char *zone = strchr(host, ':') ? strchr(host, '%') : NULL;
  if (zone) length = (size_t)(zone - host);
  if (length > 1 && host[length - 1] == '.') length--;
  if (length == 0 || length >= sizeof name) return 0;
  memcpy(name, host, length);
  name[length] = 0;
  // A numeric address is checked as such and is no name to indicate.
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, name) == 1) return 1;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(rules, name, 0) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

lw_tls *lw_tls_new(lw_tls_context *context, int fd, const char *host) {
  lw_tls *tls = calloc(1, sizeof *tls);
  BIO *bio = tls ? BIO_new(method) : NULL;
  if (tls) tls->fd = fd, tls->ssl = SSL_new(context->ssl);
  if (!tls || !bio || !tls->ssl) {
    BIO_free(bio);
    if (tls) lw_tls_free(tls);
    return NULL;
  }
  BIO_set_data(bio, tls);
  SSL_set_bio(tls->ssl, bio, bio);
  if (host) {
    if (!check_host(tls->ssl, host)) {
      ERR_clear_error();
      lw_tls_free(tls);
      return NULL;
    }
    SSL_set_connect_state(tls->ssl);
  } else {
    SSL_set_accept_state(tls->ssl);
  }
  return tls;
}

void lw_tls_free(lw_tls *tls) {
  SSL_free(tls->ssl);
  free(tls);
}

static int64_t failed(lw_tls *tls, int result) {
  switch (SSL_get_error(tls->ssl, result)) {
  case SSL_ERROR_WANT_READ: return LW_TLS_WANT_READ;
  case SSL_ERROR_WANT_WRITE: return LW_TLS_WANT_WRITE;
  case SSL_ERROR_ZERO_RETURN: return 0;
  default: break;
  }
  long verified = SSL_get_verify_result(tls->ssl);
  if (verified != X509_V_OK && SSL_get_verify_mode(tls->ssl) != SSL_VERIFY_NONE)
    snprintf(tls->error, sizeof tls->error, "certificate: %s", X509_verify_cert_error_string(verified));
  else
    describe(errno ? strerror(errno) : "the connection ended", tls->error, sizeof tls->error);
  ERR_clear_error();
  return LW_TLS_FAILED;
}

int lw_tls_handshake(lw_tls *tls) {
  errno = 0;
  int result = SSL_do_handshake(tls->ssl);
  if (result == 1) return 0;
  int64_t why = failed(tls, result);
  if (why) return (int)why;
  snprintf(tls->error, sizeof tls->error, "the peer closed during the handshake");
  return LW_TLS_FAILED;
}

lw_received lw_tls_receive(lw_tls *tls, void *buffer, size_t capacity) {
  errno = 0;
  int result = SSL_read(tls->ssl, buffer, capacity > INT32_MAX ? INT32_MAX : (int)capacity);
  if (result > 0) return (lw_received){result, tls->stamp};
  return (lw_received){failed(tls, result), 0};
}

int64_t lw_tls_send(lw_tls *tls, const void *bytes, size_t count) {
  errno = 0;
  int result = SSL_write(tls->ssl, bytes, count > INT32_MAX ? INT32_MAX : (int)count);
  return result > 0 ? result : failed(tls, result);
}

bool lw_tls_has_unread(lw_tls *tls) { return SSL_has_pending(tls->ssl) == 1; }

const char *lw_tls_error(lw_tls *tls) { return tls->error; }
