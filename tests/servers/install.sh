#!/usr/bin/env bash
# Takes real servers for the tests from Debian: mail (Dovecot, Postfix), and a server of the fediverse (snac). Only where nobody minds: as root, in CI.
# What cannot be had is no error: its tests are skipped by name.
[ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || exit 0
export DEBIAN_FRONTEND=noninteractive
backports=/etc/apt/sources.list.d/tocsin-backports.sources

take() {
   apt-get install -qq -y --no-install-recommends "$@" > /dev/null 2>&1 < /dev/null
}

if ! { command -v dovecot && command -v postfix; } > /dev/null; then
   echo "Installing Dovecot and Postfix (once) …"
   apt-get update -qq
   take dovecot-imapd dovecot-lmtpd dovecot-sieve postfix || echo "Without Dovecot and Postfix the tests on real mail are skipped."
fi
if ! command -v snac > /dev/null; then
   suite="$(. /etc/os-release && echo "$VERSION_CODENAME")-backports"
   sed -e '/^$/q' -e "s/^Suites:.*/Suites: $suite/" /etc/apt/sources.list.d/debian.sources > "$backports" 2> /dev/null
   { apt-get update -qq && take -t "$suite" snac2; } || { rm -f "$backports"; echo "Without snac its tests are skipped."; }
fi
exit 0
