package io.growalert.standalone;

import io.growalert.events.Topics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;

/** The console output of the command line, beside the alerts. */
final class Console {
    private final PrintStream out;
    private final DataFolder data;

    Console(PrintStream out, DataFolder data) {
        this.out = out;
        this.data = data;
    }

    /** @param mails where those to customers go */
    void starting(UpSettings settings, StoredToken token, String mails) {
        out.printf("GrowAlert %s%n", Version.current());
        settings.kafka()
                .ifPresentOrElse(
                        kafka -> line("Kafka", kafka),
                        () -> line(
                                "Kafka",
                                "%1$s   kcat -C -b %1$s -t %2$s -X isolation.level=read_committed"
                                        .formatted(address(settings.kafkaPort()), Topics.ALERTS)));
        settings.postgres()
                .ifPresentOrElse(
                        postgres -> line("PostgreSQL", postgres.toString()),
                        () -> line(
                                "PostgreSQL",
                                address(settings.postgresPort())
                                        + "   psql -h 127.0.0.1 -p %d -U postgres".formatted(settings.postgresPort())));
        settings.billing().ifPresent(account -> {
            line("Customers", settings.gatewayUrl() + "/register.html");
            line("Billing", account.toString());
            line("Mail", mails);
        });
        line("Operators", settings.gatewayUrl() + "/console   sign in with the token");
        line("API", settings.gatewayUrl() + "/docs   the password is the token");
        line("Token", where(token));
        line(
                "Alerts",
                "curl -H \"Authorization: Bearer %s\" %s/api/alerts".formatted(token.reading(), settings.gatewayUrl()));
        line("Health", settings.gatewayUrl() + "/health");
        line("Data", data.path().toString());
        line("Log", data.logs().resolve("growalert.log").toString());
        out.flush();
    }

    /** The token itself only at the start that created it. */
    private static String where(StoredToken token) {
        var place = token.file().map(Path::toString).orElse(StoredToken.VARIABLE);
        return token.isNew()
                ? "%s   shown only this time; stored in %s".formatted(token.value(), place)
                : "in " + place;
    }

    void ready(UpSettings settings, Duration took) {
        out.printf("%nReady after %.1f s. Ctrl-C stops.%n", took.toMillis() / 1000.0);
        if (settings.isExample()) {
            out.printf("""
                    The room example: one recorded minute a second. CO2 passes 1,000 ppm about 16 s after the start and comes
                    back 92 s later; from 2:10 to 2:30 the sensor is silent. Its definitions, to start your own from:
                    %s%n""", data.path());
        }
        out.println();
        out.flush();
    }

    /** Something that does not prevent the start. */
    void warning(String text) {
        out.printf("%tT WARN     %s%n", LocalTime.now(ZoneId.systemDefault()), text);
        out.flush();
    }

    /** The health of a part changed. */
    void health(Part part, String state) {
        out.printf("%tT HEALTH   %s is %s%n", LocalTime.now(ZoneId.systemDefault()), part, state);
        out.flush();
    }

    void stopping() {
        out.printf("%nStopping ...%n");
        out.flush();
    }

    void stopped() {
        out.println("Stopped.");
        out.flush();
    }

    private void line(String what, String where) {
        out.printf("  %-11s %s%n", what, where);
    }

    private static String address(int port) {
        return LoopbackPorts.LOOPBACK + ":" + port;
    }
}
