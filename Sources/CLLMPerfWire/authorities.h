// The certificates of authorities that a system trusts.
#ifndef LW_AUTHORITIES_H
#define LW_AUTHORITIES_H

#include <openssl/ssl.h>
#include <stdbool.h>

/// Makes `context` trust what SSL_CERT_FILE and SSL_CERT_DIR name, or what the system trusts. False when that is nothing.
bool lw_trust_system(SSL_CTX *context);

#endif
