#!/bin/sh
# Verify a bundle and print its facts, one JSON object a line, without the program that made it.
#
#   open-with-stock-tools.sh BUNDLE ALLOWED_SIGNERS AGE_IDENTITY SENDER DOMAIN [pack]
#
# Needs tar, ssh-keygen (OpenSSH 8.1 or newer), sha256sum, age and gunzip. Nothing is printed unless the signature
# holds and both hashes are the signed ones. Facts go to standard output, what was checked to standard error.
# Positions and the chain of hashes (FORMAT.md) are not looked at here: `icme bundle check` does that.
# Exit status: 0 all holds, 1 something does not, 2 wrong usage.
set -eu

[ $# -ge 5 ] && [ $# -le 6 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
bundle=$1 signers=$2 identity=$3 sender=$4 domain=$5 kind=${6:-facts}

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() { echo "$bundle: $1" >&2; exit 1; }

# Exactly these three members, by their names alone: nothing of the archive decides where a file is written.
members=$(tar -tf "$bundle" 2>/dev/null) || fail "not a bundle (tar)"
[ "$members" = "manifest.json
manifest.json.sig
payload.age" ] || fail "not a bundle: its members are not manifest.json, manifest.json.sig, payload.age"
for member in manifest.json manifest.json.sig payload.age; do
  tar -xOf "$bundle" "$member" > "$work/$member" || fail "damaged (tar)"
done

ssh-keygen -Y verify -f "$signers" -I "$sender" -n "cmeb-$kind-v1@$domain" -s "$work/manifest.json.sig" \
  < "$work/manifest.json" >&2 || fail "the signature is not one of $sender"

# The manifest is one line with sorted keys and no blanks, so each of these stands in it once.
signed() { sed -n "s/.*\"payload\":{[^}]*\"$1\":\"\([0-9a-f]*\)\".*/\1/p" "$work/manifest.json"; }
hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

[ "$(hash_of "$work/payload.age")" = "$(signed sha256)" ] || fail "payload.age is not what was signed"
age -d -i "$identity" -o "$work/payload.gz" "$work/payload.age" || fail "this identity cannot open it"
gunzip -c "$work/payload.gz" > "$work/payload" || fail "damaged (gunzip)"
[ "$(hash_of "$work/payload")" = "$(signed plain_sha256)" ] || fail "its content is not what was signed"


first=$(head -n 1 "$work/payload")
case $first in
  *"\"from\":\"$sender\",\"kind\":\"$kind\""*) ;;
  *) fail "its first line does not name $sender and $kind: $first" ;;
esac
case $(cat "$work/manifest.json") in
  *"\"from\":\"$sender\",\"kind\":\"$kind\""*) ;;
  *) fail "$sender has signed in the name of somebody else" ;;
esac

echo "Signature and both hashes hold. To whom and how far, its first line tells: $first" >&2
tail -n +2 "$work/payload"
