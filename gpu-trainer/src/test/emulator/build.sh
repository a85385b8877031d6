#!/usr/bin/env bash
# Builds the stand-in libcuda.so.1 with the kernels in it: build.sh OUTDIR [SOURCES]
# SOURCES is the folder of the .cu files (src/main/cuda). What is up to date is left alone. Prints the library's path.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:?usage: build.sh OUTDIR [SOURCES]}"
out=$(cd "$1" && pwd)
sources=$(cd "${2:-$here/../../main/cuda}" && pwd)
compiler=${CXX:-g++}
command -v "$compiler" >/dev/null || { echo "build.sh: $compiler not found (Debian: apt-get install g++)" >&2; exit 2; }
exec 9>"$out/.lock"
flock 9
# Uninitialised variables hold a pattern; faults inside a kernel are caught, so no frame may be checked on the way out.
flags=(-std=c++17 -O2 -fPIC -fvisibility=hidden -U_FORTIFY_SOURCE -fno-math-errno -fno-strict-aliasing -ffp-contract=fast
  -ftrivial-auto-var-init=pattern -DGPU_EMULATED -Wall -Wno-unknown-pragmas)
grep -q -m1 -w fma /proc/cpuinfo && flags+=(-mfma -mavx2)

digest_of() { cat -- "$@" | sha256sum | cut -d' ' -f1; }

# compile SOURCE OBJECT KEY: unless the object was made from that key.
compile() {
  local source=$1 object=$2 key=$3
  [[ -f $object && -f $object.key && $(<"$object.key") == "$key" ]] && return 0
  "$compiler" "${flags[@]}" -I"$here" -I"$sources" -c "$source" -o "$object"
  echo "$key" >"$object.key"
}

# What every object depends on; not where it lies, so that a copy of the sources can start from these objects.
own=$(digest_of "$here"/*.h "$here"/*.cpp "$here"/build.sh "$here"/driver-symbols.txt; echo "$compiler ${flags[*]}")
objects=()
running=0
start() { # compiles two at a time
  objects+=("$2")
  if ((running == 2)); then wait -n; running=$((running - 1)); fi
  compile "$@" &
  running=$((running + 1))
}

grep -vxF -f <(sed -n 's/^DRIVER(\(cu[A-Za-z0-9_]*\)).*/\1/p' "$here/driver.cpp") "$here/driver-symbols.txt" |
  sed 's/.*/extern "C" __attribute__((visibility("default"))) int &() { return 801; }/' >"$out/unsupported.cpp"
start "$out/unsupported.cpp" "$out/unsupported.o" "$own"
start "$here/driver.cpp" "$out/driver.o" "$own"
start "$here/fibers.cpp" "$out/fibers.o" "$own"

for file in "$sources"/*.cu; do
  name=${file##*/} name=${name%.cu}
  digest=$(cd "$sources" && digest_of $(sed -n 's/^#include "\(.*\)"$/\1/p' "$name.cu") "$name.cu")
  { echo "#define EMULATED_SHARED_SECTION \"shared_$name\""
    echo "#include \"$file\""
    echo "extern char begin_of_section[] __asm__(\"__start_shared_$name\") __attribute__((weak));"
    echo "extern char end_of_section[] __asm__(\"__stop_shared_$name\") __attribute__((weak));"
    sed -n 's/.*__global__ void *\(__launch_bounds__([^)]*)\)\{0,1\} *\([A-Za-z0-9_]*\)(.*/\2/p' "$file" |
      sed "s/.*/EMULATED_KERNEL(&, begin_of_section, end_of_section, \"$digest\")/"
  } >"$out/$name.new.cpp"
  if cmp -s "$out/$name.new.cpp" "$out/$name.cpp"; then rm "$out/$name.new.cpp"; else mv "$out/$name.new.cpp" "$out/$name.cpp"; fi
  start "$out/$name.cpp" "$out/$name.o" "$digest $own"
done
while ((running > 0)); do wait -n; running=$((running - 1)); done

library=$out/libcuda.so.1
newest=1
for object in "${objects[@]}"; do
  [[ -f $object.key ]] || exit 1
  [[ $library -nt $object ]] || newest=0
done
listed=$(printf '%s\n' "${objects[@]}")
if ((newest == 0)) || [[ ! -f $out/objects ]] || [[ $(<"$out/objects") != "$listed" ]]; then
  "$compiler" -shared -Wl,-soname,libcuda.so.1 -Wl,-z,defs -o "$library.new" "${objects[@]}"
  mv "$library.new" "$library"
  echo "$listed" >"$out/objects"
fi
echo "$library"
