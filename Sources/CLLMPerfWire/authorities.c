#include "authorities.h"

#include <dirent.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// OpenSSL knows where the system that it was built for keeps certificates. Linked statically it runs on others, too.
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, Red Hat
    "/etc/pki/tls/certs/ca-bundle.crt",                   // older ones of them
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/var/lib/ca-certificates/ca-bundle.pem",             // SUSE, where the former is a link
    "/etc/ssl/cert.pem",                                  // Alpine
};

static const char *const folders[] = {"/etc/ssl/certs", "/etc/pki/tls/certs", "/var/lib/ca-certificates/openssl"};

/// Whether the folder has certificates under the hashes by which OpenSSL finds them, such as 4a6481c9.0.
static bool has_hashes(const char *path) {
  DIR *folder = opendir(path);
  if (!folder) return false;
  bool found = false;
  for (struct dirent *entry; !found && (entry = readdir(folder));)
    found = strlen(entry->d_name) == 10 && strspn(entry->d_name, "0123456789abcdef") == 8 && entry->d_name[8] == '.';
  closedir(folder);
  return found;
}

bool lw_trust_system(SSL_CTX *context) {
  SSL_CTX_set_default_verify_paths(context);
  const char *file = getenv(X509_get_default_cert_file_env()), *folder = getenv(X509_get_default_cert_dir_env());
  bool is_named = file || folder;
  if (!file) file = X509_get_default_cert_file();
  if (!folder) folder = X509_get_default_cert_dir();
  // Named folders may be a list, which OpenSSL takes apart itself.
  if (access(file, R_OK) == 0 || has_hashes(folder) || strchr(folder, ':')) return true;
  if (is_named) return false;
  for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
    if (SSL_CTX_load_verify_locations(context, bundles[i], NULL) == 1) return true;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (has_hashes(folders[i]) && SSL_CTX_load_verify_locations(context, NULL, folders[i]) == 1) return true;
  return false;
}
