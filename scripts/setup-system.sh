#!/usr/bin/env bash
# Installs the Debian packages that the tests need and pip cannot bring: Java 17 for Spark, Chromium
# for the pages. Where it may not (no root, no apt), it says in one line what to install.
set -euo pipefail

missing=()
java_is_17() { command -v java >/dev/null && java -version 2>&1 | grep -qE 'version "(17|21)'; }
java_is_17 || missing+=(openjdk-17-jre-headless)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium fonts-dejavu-core)

if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Tests need: ${missing[*]}. Install with: sudo apt-get install -y ${missing[*]}" >&2
    exit "${STRICT_SETUP:-0}"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -yq --no-install-recommends "${missing[@]}" >/dev/null
