package io.growalert.standalone;

import io.growalert.gateway.GatewayKeys;
import io.growalert.runtime.PlainReason;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert keys}: for gateways that cannot create their keys, since they get them as secrets. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Creates a gateway's keys where they are missing: identity-key.json, session-key.json, and "
                + "identity-public-key.json for the services.")
final class KeysCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "FOLDER", description = "Their folder, which is created.")
    private Path folder = Path.of("");

    @Override
    public Integer call() {
        Logging.quiet();
        try {
            GatewayKeys.prepare(folder);
        } catch (RuntimeException e) {
            if (e instanceof PlainReason) {
                throw new CannotRun(String.valueOf(e.getMessage()), e);
            }
            throw e;
        }
        spec.commandLine()
                .getOut()
                .println("keys in %s: keep identity-key.json and session-key.json secret".formatted(folder));
        return CommandLine.ExitCode.OK;
    }
}
