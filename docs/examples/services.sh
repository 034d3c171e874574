#!/usr/bin/env bash
# Settings of separate services on a cluster, and how each is started: docs/examples/services.sh gateway
# Build them first: mvn -pl monitor-service,alert-dispatcher,billing-service,history-service,gateway -am package -DskipTests
# Each has its own user at Kafka, and so its own file with the login, such as kafka-scram.properties.
set -euo pipefail

# the gateway's public key, which it creates at its first start
export GROWALERT_IDENTITY_PUBLICKEYFILE=/etc/growalert/identity-public-key.json

case ${1:?"usage: services.sh SERVICE"} in
  monitor-service)
    export GROWALERT_HTTP_HOSTS=monitors.internal
    export GROWALERT_MONITOR_KAFKA=kafka-1:9093,kafka-2:9093 GROWALERT_MONITOR_KAFKACONFIG=/etc/growalert/monitor-service-kafka.properties
    export GROWALERT_MONITOR_FILES=/etc/growalert/farm.yaml
    export GROWALERT_MONITOR_DATA=/var/lib/growalert/monitor-service
    ;;
  alert-dispatcher)
    export GROWALERT_HTTP_HOSTS=dispatcher.internal
    export GROWALERT_DISPATCHER_KAFKA=kafka-1:9093,kafka-2:9093 GROWALERT_DISPATCHER_KAFKACONFIG=/etc/growalert/alert-dispatcher-kafka.properties
    export GROWALERT_DISPATCHER_FILES=/etc/growalert/farm.yaml
    export GROWALERT_DISPATCHER_DATA=/var/lib/growalert/alert-dispatcher
    export GROWALERT_DISPATCHER_DATABASE_URL=jdbc:postgresql://db.example.com:5432/growalert
    export GROWALERT_DISPATCHER_DATABASE_USERNAME=growalert GROWALERT_DISPATCHER_DATABASE_PASSWORD=...
    export GROWALERT_DISPATCHER_PUBLICURL=https://alerts.example.com
    export GROWALERT_DISPATCHER_LINKKEY=... # openssl rand -base64 32, the same for all dispatchers
    ;;
  billing-service)
    export GROWALERT_HTTP_HOSTS=billing.internal
    export GROWALERT_BILLING_KAFKA=kafka-1:9093,kafka-2:9093 GROWALERT_BILLING_KAFKACONFIG=/etc/growalert/billing-service-kafka.properties
    export GROWALERT_BILLING_DATABASE_URL=jdbc:postgresql://db.example.com:5432/growalert
    export GROWALERT_BILLING_DATABASE_USERNAME=growalert GROWALERT_BILLING_DATABASE_PASSWORD=...
    export GROWALERT_HTTP_PROXIES=10.0.0.7 # the gateway's address
    export GROWALERT_BILLING_STRIPE_SECRETKEY=sk_... GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY=pk_...
    export GROWALERT_BILLING_WEBHOOK_SECRETS=whsec_...
    export GROWALERT_BILLING_CUSTOMER_SESSION_KEYS=... # openssl rand -base64 32
    export GROWALERT_BILLING_CUSTOMER_PRICES=growalert-monthly,growalert-yearly
    export GROWALERT_BILLING_CUSTOMER_DEVICE_AMOUNT=4900 GROWALERT_BILLING_CUSTOMER_DEVICE_CURRENCY=eur
    export GROWALERT_BILLING_CUSTOMER_MAIL_HOST=mail.example.com GROWALERT_BILLING_CUSTOMER_MAIL_FROM=growalert@example.com
    export GROWALERT_BILLING_CUSTOMER_MAIL_SITE=https://alerts.example.com # the gateway's, for links
    ;;
  history-service)
    export GROWALERT_HTTP_HOSTS=history.internal
    export GROWALERT_HISTORY_KAFKA=kafka-1:9093,kafka-2:9093 GROWALERT_HISTORY_KAFKACONFIG=/etc/growalert/history-service-kafka.properties
    export GROWALERT_HISTORY_DATABASE_URL=jdbc:postgresql://db.example.com:5432/growalert
    export GROWALERT_HISTORY_DATABASE_USERNAME=growalert GROWALERT_HISTORY_DATABASE_PASSWORD=...
    ;;
  gateway)
    export GROWALERT_GATEWAY_OPERATORTOKENFILE=/run/secrets/operator-token
    export GROWALERT_GATEWAY_OPERATORSFILE=/var/lib/growalert/gateway/operators.json # growalert operators
    export GROWALERT_GATEWAY_IDENTITY_PRIVATEKEYFILE=/var/lib/growalert/gateway/identity-key.json
    export GROWALERT_GATEWAY_IDENTITY_PUBLICKEYFILE=$GROWALERT_IDENTITY_PUBLICKEYFILE # to be copied to the services
    export GROWALERT_GATEWAY_SESSION_KEYFILE=/var/lib/growalert/gateway/session-key.json
    export GROWALERT_GATEWAY_DEFINITIONS=/etc/growalert/farm.yaml # its status pages
    export GROWALERT_GATEWAY_BACKENDS_MONITORS_URL=http://monitors.internal:8081
    export GROWALERT_GATEWAY_BACKENDS_DISPATCHER_URL=http://dispatcher.internal:8082
    export GROWALERT_GATEWAY_BACKENDS_BILLING_URL=http://billing.internal:8083
    export GROWALERT_GATEWAY_HISTORYURL=http://history.internal:8085
    ;;
  *)
    echo "services.sh: expected monitor-service, alert-dispatcher, billing-service, history-service or gateway" >&2
    exit 2
    ;;
esac
export SERVER_ADDRESS=0.0.0.0
exec java -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED -jar "$1"/target/"$1"-*-app.jar
