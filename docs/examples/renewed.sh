#!/bin/sh
# Gives a new certificate to the user growalert; the running gateway reads it. For certbot: --deploy-hook, which sets
# RENEWED_LINEAGE to the folder with fullchain.pem and privkey.pem.
set -eu
target=${GROWALERT_TLS:-/etc/growalert/tls}
owner=${GROWALERT_USER:-growalert}
mkdir -p "$target"
# the key first, each in one step
for file in privkey.pem fullchain.pem; do
  install -m 400 -o "$owner" "$RENEWED_LINEAGE/$file" "$target/.$file.new"
  mv "$target/.$file.new" "$target/$file"
done
