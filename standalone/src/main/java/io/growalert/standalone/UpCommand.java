package io.growalert.standalone;

import static picocli.CommandLine.Help.Visibility.ALWAYS;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code growalert up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Runs everything in one process, with an embedded Kafka and PostgreSQL, until Ctrl-C. "
                + "Without --config it runs an example: a recorded room.")
final class UpCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;
    /** From the gateway's on. */
    private static final int HTTP_PORTS = 6;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--config",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Definition files; several make one set.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The folder that stores everything (default: growalert-data; the example: growalert-data/example).")
    private @Nullable Path data;

    @Option(
            names = "--http-port",
            defaultValue = "8080",
            showDefaultValue = ALWAYS,
            paramLabel = "PORT",
            description = "The gateway, which serves everything; the next five are the monitors', the dispatcher's, "
                    + "billing's, stripe-sandbox's and the history's.")
    private int httpPort;

    @Option(
            names = "--https-port",
            paramLabel = "PORT",
            description = "The gateway serves https on this port of all addresses, instead of http on --http-port.")
    private @Nullable Integer httpsPort;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "The gateway's certificate with its chain, PEM; it is read again when it changes.")
    private @Nullable Path certificate;

    @Option(names = "--certificate-key", paramLabel = "FILE", description = "The certificate's private key, PEM.")
    private @Nullable Path certificateKey;

    @Option(
            names = "--kafka-port",
            defaultValue = "9092",
            showDefaultValue = ALWAYS,
            paramLabel = "PORT",
            description = "Kafka's port.")
    private int kafkaPort;

    @Option(
            names = "--postgres-port",
            defaultValue = "5432",
            showDefaultValue = ALWAYS,
            paramLabel = "PORT",
            description = "PostgreSQL's port.")
    private int postgresPort;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "An existing Kafka instead of the embedded one.")
    private @Nullable String kafka;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Kafka's settings of TLS and login for --kafka, as Java properties.")
    private @Nullable Path kafkaConfig;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description = "An existing PostgreSQL instead of the embedded one, such as "
                    + "jdbc:postgresql://HOST:5432/DATABASE?user=USER (password: PGPASSWORD).")
    private @Nullable String postgres;

    @Option(
            names = "--prune",
            description = "Allows the files to remove more than half of the running monitors, or all of them.")
    private boolean prune;

    @Option(
            names = "--no-billing",
            description =
                    "Leaves out the customers: no billing-service and no stripe-sandbox. Otherwise STRIPE_SECRET_KEY, "
                            + "STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET bill through Stripe; without them stripe-sandbox replaces it and moves no money.")
    private boolean noBilling;

    @Option(
            names = "--no-history",
            description = "Leaves out the history-service: no values and status over time, and no console.")
    private boolean noHistory;

    @Override
    public Integer call() {
        requirePort("--http-port", httpPort, MAX_PORT - HTTP_PORTS + 1);
        requirePort("--kafka-port", kafkaPort, MAX_PORT);
        requirePort("--postgres-port", postgresPort, MAX_PORT);
        if (kafka == null) {
            requireNoHttpPort("--kafka-port", kafkaPort);
        }
        if (postgres == null) {
            requireNoHttpPort("--postgres-port", postgresPort);
        }
        if (kafka == null && postgres == null) {
            requireDifferent("--kafka-port", kafkaPort, "--postgres-port", postgresPort);
        }
        if (kafka == null && kafkaConfig != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--kafka-config needs --kafka: the embedded Kafka has no login");
        }
        var settings = new UpSettings(
                files,
                httpPort,
                kafkaPort,
                postgresPort,
                Optional.ofNullable(kafka),
                Optional.ofNullable(kafkaConfig),
                Optional.ofNullable(postgres).map(this::postgresTarget),
                prune,
                noBilling ? Optional.empty() : Optional.of(StripeAccount.of(System.getenv())),
                !noHistory,
                https());
        try (var folder = DataFolder.open(data == null ? defaultData() : data)) {
            Logging.into(folder.logs());
            Standalone.runUntilStopped(settings, folder, new Console(System.out, folder));
        }
        return CommandLine.ExitCode.OK;
    }

    private PostgresTarget postgresTarget(String url) {
        try {
            return PostgresTarget.parse(url, System.getenv());
        } catch (CannotRun e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Https> https() {
        if (httpsPort == null && certificate == null && certificateKey == null) {
            return Optional.empty();
        }
        if (httpsPort == null || certificate == null || certificateKey == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--https-port, --certificate and --certificate-key need each other");
        }
        requirePort("--https-port", httpsPort, MAX_PORT);
        requireNoHttpPort("--https-port", httpsPort);
        if (kafka == null) {
            requireDifferent("--https-port", httpsPort, "--kafka-port", kafkaPort);
        }
        if (postgres == null) {
            requireDifferent("--https-port", httpsPort, "--postgres-port", postgresPort);
        }
        return Optional.of(new Https(httpsPort, certificate, certificateKey));
    }

    /** The example and own definitions never share a folder, as each would remove the other's monitors. */
    private Path defaultData() {
        var folder = Path.of("growalert-data");
        return files.isEmpty() ? folder.resolve("example") : folder;
    }

    private void requireNoHttpPort(String option, int port) {
        if (port >= httpPort && port < httpPort + HTTP_PORTS) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "%s must be none of the %d ports from --http-port %d on, but is %d"
                            .formatted(option, HTTP_PORTS, httpPort, port));
        }
    }

    private void requireDifferent(String option, int port, String otherOption, int otherPort) {
        if (port == otherPort) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "%s and %s must differ, both are %d".formatted(option, otherOption, port));
        }
    }

    private void requirePort(String option, int port, int max) {
        if (port < 1 || port > max) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "%s must be from 1 to %d, not %d".formatted(option, max, port));
        }
    }
}
