#!/bin/sh
# Rebuilds the four corpus files next to this script; see README.md.
#
# Needs: sh, awk, sed, tar, gzip, sha256sum, npm, and the Debian packages
#   bible-kjv bible-kjv-text libsword-utils sword-text-sparv
# Nothing is replaced unless all four texts match the SHA-256 sums below.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cd "$tmp"

# --- english: King James Bible, chosen books, one verse a line, blank line
# between chapters. "bible -l" prints a "Book N" line, then "  V text" lines.
bible -l100000 Gen1:1-Rev22:21 </dev/null >kjv.raw
awk '
BEGIN {
  n = split("Genesis,Ruth,1 Samuel,Psalms,Proverbs,Ecclesiastes,Isaiah", b, ",")
  for (i = 1; i <= n; i++) want[b[i]] = 1
}
/^[1-3A-Z]/ {
  book = $0; sub(/ [0-9]+$/, "", book)
  if (book == "Matthew") nt = 1             # the whole New Testament
  on = nt || (book in want)
  if (on && out) print ""
  next
}
on && /^ +[0-9]+ / { sub(/^ +[0-9]+ +/, ""); sub(/ +$/, ""); gsub(/  +/, " "); print; out = 1 }
' kjv.raw >english.txt

# --- spanish: Reina-Valera 1909, chosen books, same layout.
# mod2imp prints "$$$Book C:V" lines between the entries; verse 0 holds headings,
# which are dropped. All tags go (among them the Strong's numbers; "mod2imp -s"
# would leave some of those behind), then the spaces they leave.
mod2imp spaRV1909eb >rv.raw
awk '
BEGIN {
  n = split("Genesis,Proverbs,Matthew,Mark,Luke,John,Acts", b, ",")
  for (i = 1; i <= n; i++) want[b[i]] = 1
}
/^\$\$\$/ {
  book = substr($0, 4); sub(/ [0-9]+:[0-9]+ *$/, "", book)
  split($NF, cv, ":")
  on = (book in want) && cv[2] + 0 > 0
  if (on && out && cv[2] + 0 == 1) print ""
  next
}
on {
  gsub(/<[^>]*>/, ""); gsub(/[ \t]+/, " "); sub(/^ /, ""); sub(/ $/, "")
  gsub(/ ,/, ","); gsub(/ ;/, ";"); gsub(/ :/, ":"); gsub(/ \./, ".")
  gsub(/ \?/, "?"); gsub(/ !/, "!"); gsub(/ \)/, ")"); gsub(/\( /, "(")
  if ($0 != "") { print; out = 1 }
}
' rv.raw >spanish.txt

# --- source: four whole files out of the SQLite amalgamation bundled in the
# npm package better-sqlite3. (Its one patch to SQLite is in date.c, not used.)
npm pack --silent better-sqlite3@13.2.0 >/dev/null
tar -xzf better-sqlite3-13.2.0.tgz package/deps/sqlite3/sqlite3.c
: >source.txt
for f in btree.c select.c resolve.c printf.c; do
  awk -v f="$f" '
    index($0, "/************** Begin file " f " ") == 1 { p = 1 }
    p { print }
    index($0, "/************** End of " f " ") == 1 { p = 0 }
  ' package/deps/sqlite3/sqlite3.c >>source.txt
done

# --- numbers: deterministic arithmetic lines (minimal standard generator,
# x = 16807 x mod 2^31-1; every value stays below 2^31).
awk '
function rnd(n) { x = (x * 16807) % 2147483647; return int(x / 2147483647 * n) }
function num(maxdigits,  d, i, m) {           # 1..maxdigits digits, each equally likely
  d = 1 + rnd(maxdigits); m = 1
  for (i = 0; i < d; i++) m *= 10
  return rnd(m)
}
BEGIN {
  x = 20111
  while (bytes < 700000) {
    k = rnd(100)
    if (k < 34)      { a = num(4); b = num(4); s = a " + " b " = " (a + b) }
    else if (k < 60) { a = num(4); b = num(4); s = a " - " b " = " (a - b) }
    else if (k < 80) { a = num(3); b = num(2); s = a " * " b " = " (a * b) }
    else if (k < 88) { a = num(3); s = a "^2 = " (a * a) }
    else if (k < 95) {                        # arithmetic sequence
      a = num(3); d = 1 + rnd(25); s = a
      for (i = 1; i < 8; i++) s = s ", " (a + i * d)
    } else if (k < 98) {                      # doubling
      a = 1 + rnd(99); s = a
      for (i = 1; i < 8; i++) { a *= 2; s = s ", " a }
    } else {                                  # consecutive squares
      a = 1 + rnd(90); s = a * a
      for (i = 1; i < 8; i++) s = s ", " ((a + i) * (a + i))
    }
    print s
    bytes += length(s) + 1
  }
}' >numbers.txt

if [ "${1:-}" != --no-check ]; then
  sha256sum -c - <<'SUMS'
00519f44034ae8b50dd35db9506b9adec5aaf53b1fd45b39baa71d63bca648ad  english.txt
2ec7d42457929e4236f562a32357ef42e10b4d349c2efcbbf9744d62291908b4  spanish.txt
bce546e9844fd98f0fb984289e5e03ecd1c9e82482bd8b35bb816b2d5a0dc067  source.txt
ec30b91899a6adb0f6295e0198c34c584e3291e71a97aa09142b92ef13e9585b  numbers.txt
SUMS
fi

for f in english spanish source numbers; do
  gzip -9 -n -c "$f.txt" >"$f.txt.gz"
  cp "$f.txt.gz" "$here/$f.txt.gz"
done
wc -c english.txt spanish.txt source.txt numbers.txt
