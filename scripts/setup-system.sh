#!/usr/bin/env bash
# Installs the Debian packages that pip cannot bring: Java 17 for Spark and Chromium for the pages,
# or the package named, which must be there to go on. Where it may not install (no root, no apt), it
# says in one line what to install.
set -euo pipefail

missing=()
if [ $# -gt 0 ]; then
    missing=("$@")
    STRICT_SETUP=1
else
    java_is_new() { command -v java >/dev/null && java -version 2>&1 | grep -qE 'version "(17|21)'; }
    java_is_new || missing+=(openjdk-17-jre-headless)
    command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
fi

if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. Install with: sudo apt-get install -y ${missing[*]}" >&2
    exit "${STRICT_SETUP:-0}"
fi
echo "Installing ${missing[*]} ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -yq --no-install-recommends "${missing[@]}" >/dev/null
