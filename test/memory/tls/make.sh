#!/bin/sh
# Makes the keys and certificates here anew; valid for a hundred years, so that nobody has to. The CA's key is thrown away.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
cat >"$scratch/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $scratch/index
serial = $scratch/serial
new_certs_dir = $scratch
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, IP:::1, DNS:localhost
[elsewhere]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:kubernetes.default.svc
END
: >"$scratch/index"
echo 01 >"$scratch/serial"
echo "unique_subject = no" >"$scratch/index.attr"
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
sign() { openssl ca -batch -notext -preserveDN -config "$scratch/ca.cnf" -startdate 20200101000000Z -enddate 21200101000000Z "$@"; }
for name in ca other-ca; do
	key "$scratch/$name.key"
	openssl req -new -key "$scratch/$name.key" -subj "/CN=kubedb-render test $name" -out "$scratch/$name.csr"
	sign -selfsign -extensions authority -keyfile "$scratch/$name.key" -in "$scratch/$name.csr" -out "$name.crt"
done
key server.key
openssl req -new -key server.key -subj "/CN=kubedb-render test server" -out "$scratch/server.csr"
for name in server elsewhere; do
	sign -extensions $name -cert ca.crt -keyfile "$scratch/ca.key" -in "$scratch/server.csr" -out $name.crt
done
