#!/usr/bin/env bash
# Runs `slimtrace ci` for the configuration, or for the one image that the action's inputs describe. Reads SLIMTRACE_*.
set -euo pipefail

# Known however it ends; slimtrace writes over it.
echo 'verdict=error' >>"$GITHUB_OUTPUT"

# Of this step: a job can have several.
mkdir -p "$RUNNER_TEMP/slimtrace"
output=$(mktemp -d "$RUNNER_TEMP/slimtrace/run-XXXXXX")
flags=(--report "$output/report.json" --markdown "$output/summary.md")
if [ -n "${SLIMTRACE_IMAGE:-}" ]; then
  # Here, so that an archive's relative path means what it says.
  configuration=$(mktemp ./.slimtrace-XXXXXX.json)
  trap 'rm -f -- "$configuration"' EXIT
  node "$GITHUB_ACTION_PATH/action/configure.js" >"$configuration"
  flags+=(--config "$configuration")
else
  for name in TAG CHECKS MAX_SIZE MIN_REDUCTION FAIL_ON; do
    variable=SLIMTRACE_$name
    [ -z "${!variable:-}" ] && continue
    input=${name,,}
    echo "::error::slimtrace: ${input//_/-} goes with image; with a configuration, write it there"
    exit 2
  done
  if [ -n "${SLIMTRACE_CONFIG:-}" ]; then flags+=(--config "$SLIMTRACE_CONFIG"); fi
  read -r -d '' -a images <<<"${SLIMTRACE_IMAGES:-}" || true
  if [ "${#images[@]}" -gt 0 ]; then flags+=(-- "${images[@]}"); fi
fi

# When a job is cancelled, the runner signals the first process of the step alone, which is this one, and kills the others
# ten seconds later: slimtrace has to hear of it to clean up.
slimtrace ci "${flags[@]}" &
slimtrace=$!
trap 'kill -TERM "$slimtrace" 2>/dev/null || true' INT TERM
code=0
wait "$slimtrace" || code=$?
# A signal ends the waiting, not slimtrace.
while kill -0 "$slimtrace" 2>/dev/null; do
  code=0
  wait "$slimtrace" || code=$?
done
if [ -e "$output/summary.md" ]; then echo "summary-path=$output/summary.md" >>"$GITHUB_OUTPUT"; fi
exit "$code"
