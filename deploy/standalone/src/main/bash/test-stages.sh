# Everything that continuous integration runs, the fast first. Sourced by ./evenkeel.

# What the browser tests need.
install_browser() {
  command -v chromium >/dev/null && command -v chromedriver >/dev/null && return 0
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing chromium and its driver for the browser tests."
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium chromium-driver; } \
      >"$build_dir/apt.log" 2>&1 || true
  fi
  command -v chromium >/dev/null && command -v chromedriver >/dev/null && return 0
  echo "EVK-TEST-BROWSER: chromium or chromedriver is missing, and the browser tests will fail without them. Install chromium and chromium-driver."
}

# What the tests of the CUDA kernels need: without it they are skipped.
install_compiler() {
  command -v g++ >/dev/null && return 0
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing g++ for the emulated GPU."
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends g++; } \
      >"$build_dir/apt-compiler.log" 2>&1 || true
  fi
  command -v g++ >/dev/null && return 0
  echo "EVK-TEST-COMPILER: g++ is missing, and the tests on the emulated GPU will be skipped. Install g++."
}

# What the tests of the PyTorch hooks need: without it they are skipped.
has_torch() {
  local python
  for python in "${EVENKEEL_PYTHON:-python3}" /usr/bin/python3; do
    "$python" -c 'import numpy, torch' 2>/dev/null && return 0
  done
  return 1
}

install_torch() {
  has_torch && return 0
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing PyTorch for the tests of its hooks."
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-torch python3-numpy libopenblas0; } \
      >"$build_dir/apt-torch.log" 2>&1 || true
  fi
  has_torch && return 0
  echo "EVK-TEST-TORCH: no Python has torch and numpy, and the tests of the PyTorch hooks will be skipped. Install python3-torch and python3-numpy."
}

# What the test against an Alertmanager needs, which is skipped without, and Prometheus, which bench alert-latency compares with.
install_alertmanager() {
  command -v prometheus-alertmanager >/dev/null && command -v prometheus >/dev/null && return 0
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing Alertmanager for the test of its channel, and Prometheus to compare with."
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends prometheus-alertmanager prometheus; } \
      >"$build_dir/apt-alertmanager.log" 2>&1 || true
  fi
  command -v prometheus-alertmanager >/dev/null && return 0
  echo "EVK-TEST-ALERTMANAGER: Alertmanager is missing, and the test of its channel will be skipped. Install prometheus-alertmanager."
}

# What the tests on TimescaleDB's SQL and with OpenTelemetry's JavaScript need.
check_node() {
  local version
  version=$({ node --version 2>/dev/null || true; } | sed -n 's/^v\([0-9]*\).*/\1/p')
  ((${version:-0} >= 20)) && command -v npm >/dev/null && return 0
  echo "EVK-TEST-NODE: node 20 or newer, or npm, is missing, and the tests that need it will fail or be skipped. Install nodejs and npm."
}

# Adds up one number over all test reports.
reported() {
  find "$home" -path '*/target/*-reports/TEST-*.xml' -print0 2>/dev/null | { xargs -0 -r grep -ahoE '<testsuite [^>]*>' || true; } |
    { grep -oE " $1=\"[0-9]+\"" || true; } | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'
}

# stage NAME MAVEN-ARGUMENT...
stage() {
  local name=$1 started=$SECONDS status=0 log
  shift
  log=$build_dir/test-${name// /-}.log
  echo "== $name (log: $log)"
  maven "$@" 2>&1 | tee "$log" | progress || status=1
  if ((status)); then
    grep -aE '^\[ERROR\]|Tests run:.*(Failures: [1-9]|Errors: [1-9])' "$log" | head -n 60
    summary+=("failed  $name ($((SECONDS - started)) s)")
  else
    summary+=("passed  $name ($((SECONDS - started)) s)")
  fi
  return $status
}

run_all_tests() {
  local failed=0 tests errors failures skipped
  summary=()
  mkdir -p "$build_dir"
  find_maven
  install_browser
  install_compiler
  install_torch
  install_alertmanager
  check_node
  find "$home" -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
  : >"$build_dir/tests-started"
  if stage "unit tests" --fail-at-end verify; then
    mv "$build_dir/tests-started" "$build_dir/built"
    stage "integration tests" --fail-at-end verify -DskipUnit=true -Dspotless.check.skip=true -DskipITs=false -pl '!deploy/system-tests' &&
      stage "system tests" verify -DskipUnit=true -Dspotless.check.skip=true -DskipITs=false -pl deploy/system-tests || failed=1
  else
    failed=1
  fi
  tests=$(reported tests) errors=$(reported errors) failures=$(reported failures) skipped=$(reported skipped)
  echo
  printf '%s\n' "${summary[@]}"
  ((skipped == 0)) || echo "$skipped skipped"
  local passed=$((tests - errors - failures - skipped)) bad=$((errors + failures))
  # A stage can fail without a failed test: a module that does not compile, a check that does not hold.
  ((failed == 0 || bad > 0)) || bad=1
  echo "$passed passed, $bad failed"
  exit "$failed"
}
