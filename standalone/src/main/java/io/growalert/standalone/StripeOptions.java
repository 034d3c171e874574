package io.growalert.standalone;

import io.growalert.billing.setup.EnvironmentSettings;
import io.growalert.billing.stripe.StripeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command reaches Stripe itself: by billing's settings in the environment, or another key. */
final class StripeOptions {
    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "A file with a secret key of Stripe's, sk_... or rk_... (default: STRIPE_SECRET_KEY, or "
                    + "GROWALERT_BILLING_STRIPE_SECRETKEY).")
    private @Nullable Path keyFile;

    private final Map<String, String> environment;

    StripeOptions() {
        this(System.getenv());
    }

    StripeOptions(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    EnvironmentSettings settings() {
        return new EnvironmentSettings(environment);
    }

    /**
     * Empty when no key is known.
     *
     * @throws CannotRun when the key cannot be read, or is none
     */
    Optional<StripeSettings> stripe() {
        try {
            return settings().stripe(keyFile == null ? Optional.empty() : Optional.of(read(keyFile)));
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new CannotRun("the secret key in %s cannot be read: %s".formatted(file, e), e);
        }
    }
}
