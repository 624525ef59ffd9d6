#!/bin/sh
# Prints docker/.env.example with a random value for every empty secret: docker/secrets.sh > .env && chmod 600 .env
set -eu

random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

while IFS= read -r line; do
    case $line in
        AIRFLOW_FERNET_KEY=) value=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_') ;;
        AIRFLOW_JWT_SECRET=) value=$(random_hex 64) ;;
        *_PASSWORD=|*_KEY=) value=$(random_hex 24) ;;
        *) value= ;;
    esac
    printf '%s%s\n' "$line" "$value"
done < "$(dirname "$0")/.env.example"
