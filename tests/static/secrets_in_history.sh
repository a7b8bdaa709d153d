#!/bin/sh
# Looks for secrets in every version of every file that a git repository has ever kept, on all
# branches; ends with an error where one is found. Nothing is asked of any server: a secret that is
# found is not tried out, and shown as a checksum.
# Usage: secrets_in_history.sh REPOSITORY KINGFISHER
set -eu
repository=$1
kingfisher=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet --mirror "$repository" "$folder/history.git"
# the last option: what docs/bi-tools.md writes where a password would stand
"$kingfisher" scan "$folder/history.git" --git-history full --confidence low --redact \
    --no-validate --no-update-check --no-rule-cache \
    --skip-regex '://bi_reader:PASSWORD@HOST'
