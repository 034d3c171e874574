#!/bin/sh
# Replays /room/readings.csv from 14:40 on into the table `readings`, one recorded minute a second, each stamped with the
# moment it is written. Where to: PGHOST and its like.
set -eu

{
  cat <<'SQL'
CREATE TABLE IF NOT EXISTS readings (
  time          timestamptz NOT NULL,
  room          text NOT NULL,
  temperature_c double precision NOT NULL,
  humidity_pct  double precision NOT NULL,
  light_lux     double precision NOT NULL,
  co2_ppm       double precision NOT NULL,
  PRIMARY KEY (time, room));
DELETE FROM readings WHERE time < now() - interval '7 days';
SQL
  second=0
  awk 'NR > 1 && $0 >= "2015-02-02T14:39:30"' /room/readings.csv | while IFS=, read -r _ temperature humidity light co2; do
    # the sensor is silent for a while, as sensors are
    if [ "$second" -lt 130 ] || [ "$second" -ge 150 ]; then
      echo "INSERT INTO readings VALUES (now(), 'office', $temperature, $humidity, $light, $co2);"
    fi
    second=$((second + 1))
    sleep 1
  done
} | psql --quiet --no-psqlrc --set ON_ERROR_STOP=1
