#!/usr/bin/env bash
# Checks the promise in the working folder and compares it with the one of an older commit.
#
#   PROMISE  the promise file, from the root of the repository
#   AGAINST  the commit that holds the older promise; empty or all zeros where there is none
#
# Exits as `troth check` does. A commit that can't be had is a failure: nothing is passed that was not compared.
set -eu

if [ -z "${AGAINST:-}" ] || [ -z "${AGAINST//0/}" ]; then
  echo "There is no older commit to compare with."
  exec troth check "$PROMISE"
fi
if ! git cat-file -e "$AGAINST^{commit}" 2>/dev/null; then
  # A checkout of one commit does not hold its parents.
  git fetch --quiet --no-tags --depth=1 origin "$AGAINST"
fi
if ! git cat-file -e "$AGAINST:$PROMISE" 2>/dev/null; then
  echo "The older commit has no $PROMISE."
  exec troth check "$PROMISE"
fi
older="$(mktemp)"
trap 'rm -f "$older"' EXIT
git show "$AGAINST:$PROMISE" > "$older"
troth check "$PROMISE" --against "$older"
