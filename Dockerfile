# One image for each service:
#   docker build --build-arg SERVICE=monitor-service -t growalert/monitor-service .
#   docker build --build-arg SERVICE=alert-dispatcher -t growalert/alert-dispatcher .
#   docker build --build-arg SERVICE=billing-service -t growalert/billing-service .
#   docker build --build-arg SERVICE=history-service -t growalert/history-service .
#   docker build --build-arg SERVICE=gateway -t growalert/gateway .
#   docker build --build-arg SERVICE=stripe-sandbox -t growalert/stripe-sandbox .

FROM maven:3.9-eclipse-temurin-25 AS build
ARG SERVICE
WORKDIR /src
COPY . .
RUN mvn -B -ntp -pl ":${SERVICE:?missing: --build-arg SERVICE=monitor-service, alert-dispatcher, billing-service, history-service, gateway or stripe-sandbox}" -am package \
      -DskipTests -Dspotless.check.skip -Dmdep.analyze.skip \
 && cp $(find . -path "*/$SERVICE/target/$SERVICE-*-app.jar") /app.jar \
 && java -Djarmode=tools -jar /app.jar extract --layers --destination /layers

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --no-create-home growalert \
 && install -d -o growalert -g growalert /data /identity
WORKDIR /app
# the layers that change least come first
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/spring-boot-loader/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
USER growalert
VOLUME /data
# The container listens on all addresses: access is decided where its port is published.
ENV SERVER_ADDRESS=0.0.0.0 SERVER_PORT=8080
EXPOSE 8080
# The image has bash and no curl. The status line of the response is the health; the gateway's is at /health.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "for path in /actuator/health /health; do exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' $path >&3 && head -n 1 <&3 | grep -q ' 200' && exit; done; exit 1"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-jar", "app.jar"]
